package io.dmst.serve.metrics;

import com.github.javaparser.JavaParser;
import com.github.javaparser.ParserConfiguration;
import com.github.javaparser.ParserConfiguration.LanguageLevel;
import com.github.javaparser.ast.body.EnumConstantDeclaration;
import com.github.javaparser.javadoc.Javadoc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** What is written about the metrics in their source. */
final class MetricTexts {

    private static final Path SOURCE = Path.of("src/main/java/io/dmst/serve/metrics/Metric.java");

    private MetricTexts() {}

    /** The text of each, as Markdown in one line. */
    static Map<Metric, String> read() throws IOException {
        Map<Metric, String> texts = new EnumMap<>(Metric.class);
        new JavaParser(new ParserConfiguration().setLanguageLevel(LanguageLevel.JAVA_25))
                .parse(SOURCE)
                .getResult()
                .orElseThrow()
                .findAll(EnumConstantDeclaration.class)
                .forEach(constant ->
                        texts.put(
                                Metric.valueOf(constant.getNameAsString()),
                                constant.getJavadoc().map(MetricTexts::text).orElseThrow()));
        return texts;
    }

    private static String text(Javadoc javadoc) {
        return javadoc.getDescription()
                .toText()
                .replaceAll("\\{@code ([^}]*)\\}", "`$1`")
                .replaceAll("\\{@link #?([^}]*)\\}", "`$1`")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
