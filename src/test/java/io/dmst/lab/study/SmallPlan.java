package io.dmst.lab.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A plan of two arms and two seeds whose trainings take a second. */
public final class SmallPlan {

    /** Its YAML. */
    public static final String TEXT =
            """
            study: small
            data:
              colours: --validation 0.25
            arms:
              tssa: --set attention=tssa
              dmsa: --set attention=dmsa
            searches:
              colours:
                data: colours
                options: --model dmst-compact-4-p4 --set embed_dim=16 --set depth=2 --epochs 1 --batch-size 8
                seed: 99
                rates: [0.01]
            parts:
              - name: short
                data: colours
                options: --model dmst-compact-4-p4 --set embed_dim=16 --set depth=2 --epochs 1 --batch-size 8
                seeds: [1, 2]
                rates: colours
            rates:
              images: 6
            claims:
              - {name: A, says: DMSA is better, measure: accuracy, part: short, arm: dmsa,
                 against: tssa, more_than: 0, equal_within: 0.5}
              - {name: R, says: R_c falls, measure: speed.compression, part: short, arm: dmsa, more_than: 0}
            """;

    private SmallPlan() {}

    static StudyPlan in(Path directory) throws IOException {
        return of(directory, TEXT);
    }

    static StudyPlan of(Path directory, String text) throws IOException {
        Path file = directory.resolve("plan.yaml");
        Files.writeString(file, text);
        return StudyPlan.read(file);
    }
}
