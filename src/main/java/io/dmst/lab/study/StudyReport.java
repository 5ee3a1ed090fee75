package io.dmst.lab.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes what a study has found so far into the directory of its documents: the tables between
 * their marks in {@code results.md}, the plots, and the results themselves as {@code
 * results.jsonl}. The same results give the same files.
 */
public final class StudyReport {

    private static final String DOCUMENT = "results.md";

    private StudyReport() {}

    /**
     * Writes a report.
     *
     * @param results lines of the study, finished or not
     * @param directory with {@code results.md}, whose marks say where the tables belong
     * @return how many of the planned runs there are
     * @throws IOException if a file cannot be read or written
     * @throws IllegalArgumentException if {@code results.md} lacks the marks of a table
     */
    public static String write(StudyPlan plan, Path results, Path directory) throws IOException {
        StudyResults found = new StudyResults(plan, ResultsFile.read(results));
        Path file = directory.resolve(DOCUMENT);
        String document = Files.readString(file);
        for (Map.Entry<String, String> table : new StudyTables(found).all().entrySet()) {
            document = StudyText.replaced(document, table.getKey(), table.getValue());
        }
        String progress = new StudyProgress(found, 1).counts();
        document = StudyText.replaced(document, "progress", progress + ".\n");
        new StudyPlots(found).write(directory);
        document = StudyText.replaced(document, "plots", plots(plan, directory));
        Files.writeString(file, document);
        Path kept = directory.resolve(StudyRun.Settings.RESULTS);
        if (!Files.exists(kept) || !Files.isSameFile(results, kept)) {
            Files.copy(results, kept, StandardCopyOption.REPLACE_EXISTING);
        }
        return progress;
    }

    /** Links to those that there are. */
    private static String plots(StudyPlan plan, Path directory) {
        StringBuilder links = new StringBuilder();
        Stream.concat(plan.parts().stream().map(StudyPart::name), Stream.of("cost"))
                .filter(name -> Files.exists(directory.resolve(name + ".png")))
                .forEach(name -> links.append("![%s](%s.png)\n\n".formatted(name, name)));
        return links.toString();
    }
}
