package io.dmst.lab.study;

import java.util.stream.DoubleStream;
import org.hipparchus.stat.ranking.NaNStrategy;
import org.hipparchus.stat.ranking.NaturalRanking;
import org.hipparchus.stat.ranking.TiesStrategy;

/**
 * Area under the receiver operating characteristic: how probable it is that a score ranks a usual
 * image over another one, ties counting half. 1 is always, ½ is chance, below ½ is misled.
 */
public final class Auroc {

    private Auroc() {}

    /**
     * The area for two sets of images, from the rank sum (Mann and Whitney).
     *
     * @param usual scores, larger for more usual
     * @param other scores of what should be told from them
     */
    public static double of(double[] usual, double[] other) {
        double[] all =
                DoubleStream.concat(DoubleStream.of(usual), DoubleStream.of(other)).toArray();
        double[] ranks = new NaturalRanking(NaNStrategy.FAILED, TiesStrategy.AVERAGE).rank(all);
        double sum = 0;
        for (int i = 0; i < usual.length; i++) {
            sum += ranks[i];
        }
        double least = usual.length * (usual.length + 1.0) / 2;
        return (sum - least) / ((double) usual.length * other.length);
    }
}
