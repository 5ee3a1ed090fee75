package io.dmst;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.javaparser.JavaParser;
import com.github.javaparser.ParseResult;
import com.github.javaparser.ParserConfiguration;
import com.github.javaparser.ParserConfiguration.LanguageLevel;
import com.github.javaparser.ast.CompilationUnit;
import com.github.javaparser.ast.body.CallableDeclaration;
import com.github.javaparser.ast.body.CompactConstructorDeclaration;
import com.github.javaparser.ast.body.ConstructorDeclaration;
import com.github.javaparser.ast.body.MethodDeclaration;
import com.github.javaparser.ast.body.RecordDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Budgets on the tail: few may be long, none may be very long. */
class SizeBudgetTests {

    private static final int FILE_LINES = 300;
    private static final int FILE_LINES_HARD = 400;
    private static final int METHOD_LINES = 30;
    private static final int METHOD_LINES_HARD = 60;
    private static final int PARAMETERS = 6;
    private static final double LONG_SHARE = 0.05;

    private static final List<Sized> FILES = new ArrayList<>();
    private static final List<Sized> METHODS = new ArrayList<>();
    private static final List<Sized> SIGNATURES = new ArrayList<>();

    /** A place in the sources, with its lines or its parameters. */
    private record Sized(String place, int size) {}

    @BeforeAll
    static void readSources() throws IOException {
        JavaParser parser =
                new JavaParser(new ParserConfiguration().setLanguageLevel(LanguageLevel.JAVA_25));
        for (Path file : ProjectFiles.sources()) {
            FILES.add(new Sized(file.toString(), Files.readAllLines(file).size()));
            ParseResult<CompilationUnit> parsed = parser.parse(file);
            assertThat(parsed.isSuccessful()).as("%s: %s", file, parsed.getProblems()).isTrue();
            measure(file, parsed.getResult().orElseThrow());
        }
        assertThat(METHODS).hasSizeGreaterThan(FILES.size());
    }

    @Test
    void noFileIsVeryLong() {
        assertThat(over(FILES, FILE_LINES_HARD)).isEmpty();
    }

    @Test
    void fewFilesAreLong() {
        assertFew(FILES, FILE_LINES);
    }

    @Test
    void noMethodIsVeryLong() {
        assertThat(over(METHODS, METHOD_LINES_HARD)).isEmpty();
    }

    @Test
    void fewMethodsAreLong() {
        assertFew(METHODS, METHOD_LINES);
    }

    @Test
    void noMethodTakesManyParameters() {
        assertThat(over(SIGNATURES, PARAMETERS)).isEmpty();
    }

    private static void assertFew(List<Sized> all, int budget) {
        List<Sized> tail = over(all, budget);
        assertThat(tail)
                .as("over %d lines, of %d", budget, all.size())
                .hasSizeLessThanOrEqualTo((int) (LONG_SHARE * all.size()));
    }

    private static List<Sized> over(List<Sized> all, int budget) {
        return all.stream().filter(sized -> sized.size() > budget).toList();
    }

    private static void measure(Path file, CompilationUnit unit) {
        callables(unit)
                .forEach(callable -> {
                    String place = file + " " + callable.getNameAsString();
                    METHODS.add(new Sized(place, lines(callable)));
                    SIGNATURES.add(new Sized(place, callable.getParameters().size()));
                });
        unit.findAll(CompactConstructorDeclaration.class)
                .forEach(compact ->
                        METHODS.add(
                                new Sized(
                                        file + " " + compact.getNameAsString(),
                                        compact.getBody()
                                                .getRange()
                                                .orElseThrow()
                                                .getLineCount())));
    }

    /** From the name to the closing brace: what is annotated above it is no statement. */
    private static int lines(CallableDeclaration<?> callable) {
        return callable.getRange().orElseThrow().end.line
                - callable.getName().getRange().orElseThrow().begin.line
                + 1;
    }

    /** Methods and constructors, but not those that repeat a record's components. */
    private static Stream<CallableDeclaration<?>> callables(CompilationUnit unit) {
        Stream<ConstructorDeclaration> constructors =
                unit.findAll(ConstructorDeclaration.class).stream()
                        .filter(constructor ->
                                constructor
                                        .getParentNode()
                                        .filter(RecordDeclaration.class::isInstance)
                                        .isEmpty());
        return Stream.concat(unit.findAll(MethodDeclaration.class).stream(), constructors);
    }
}
