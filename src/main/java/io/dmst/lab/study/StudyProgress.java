package io.dmst.lab.study;

import io.dmst.lab.study.PlannedRun.Kind;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * How far a study is, and how long the rest takes: the seconds of a training that is still to be
 * made are the mean of those of its group, else of all, per epoch.
 *
 * @param results so far
 * @param workers trainings at a time
 */
record StudyProgress(StudyResults results, int workers) {

    /** In one line, with the time left. */
    String line() {
        List<PlannedRun> all = PlannedRun.of(results.plan());
        boolean settled =
                all.stream().allMatch(run -> results.isDone(run) || results.isGivenUp(run));
        return settled ? counts() : counts() + ", " + left(all);
    }

    /** In one line. */
    String counts() {
        List<PlannedRun> all = PlannedRun.of(results.plan());
        long done = all.stream().filter(results::isDone).count();
        long failed = all.stream().filter(results::isGivenUp).count();
        return "%d of %d runs done%s"
                .formatted(done, all.size(), failed == 0 ? "" : ", %d given up".formatted(failed));
    }

    private String left(List<PlannedRun> all) {
        double perEpoch = secondsPerEpoch("");
        if (Double.isNaN(perEpoch)) {
            return "time left not known before the first training has ended";
        }
        double seconds = 0;
        for (PlannedRun run : all) {
            if (run.kind() != Kind.COST && !results.isDone(run) && !results.isGivenUp(run)) {
                double own = secondsPerEpoch(run.group());
                seconds += epochs(run) * (Double.isNaN(own) ? perEpoch : own);
            }
        }
        long minutes = Math.round(seconds / workers / 60);
        return String.format(Locale.ROOT, "about %d h %02d min left", minutes / 60, minutes % 60);
    }

    /** Of the trainings of a group, or of all if it has no name; not a number without any. */
    private double secondsPerEpoch(String group) {
        double seconds = 0;
        double epochs = 0;
        for (JsonNode line : results.lines()) {
            if (line.has("result")
                    && (group.isEmpty() || line.path("group").asString("").equals(group))) {
                seconds += line.path("result").path("seconds").asDouble(0);
                epochs += line.path("result").path("epochs").asDouble(0);
            }
        }
        return epochs == 0 ? Double.NaN : seconds / epochs;
    }

    private int epochs(PlannedRun run) {
        List<String> options =
                run.kind() == Kind.SEARCH
                        ? results.plan().search(run.group()).options()
                        : results.plan().part(run.group()).options();
        int at = options.indexOf("--epochs");
        return at < 0 || at + 1 >= options.size() ? 1 : Integer.parseInt(options.get(at + 1));
    }
}
