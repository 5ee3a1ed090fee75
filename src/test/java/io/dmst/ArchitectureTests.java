package io.dmst;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    private static final String ROOT = "io.dmst";

    private static final String CORE = "io.dmst.core..";
    private static final String LAB = "io.dmst.lab..";
    private static final String SERVE = "io.dmst.serve..";
    private static final String CLI = "io.dmst.cli..";

    private static final Set<String> BANNED_ENDINGS =
            Set.of("Util", "Utils", "Helper", "Helpers", "Manager", "Impl", "Common");

    private static final JavaClasses CLASSES =
            new ClassFileImporter().importPath(Path.of("target", "classes"));

    @Test
    void everyPackageHasARowInTheTable() {
        assertThat(own().map(type -> base(type.getPackageName())))
                .isNotEmpty()
                .allSatisfy(base -> assertThat(PackageTable.rowOf(base)).as(base).isPresent());
    }

    @Test
    void packagesUseOnlyTheirOwnNeighbours() {
        assertThat(uses(use -> isOwn(use.to()) && !allowedNeighbour(use))).isEmpty();
    }

    @Test
    void packagesUseOnlyTheirLibraries() {
        assertThat(uses(use -> !isOwn(use.to()) && !allowedLibrary(use))).isEmpty();
    }

    @Test
    void subPackagesAreInternalToTheirBasePackage() {
        assertThat(uses(use -> isOwn(use.to()) && entersUninvited(use))).isEmpty();
    }

    @Test
    void someLibrariesStayInOneSubPackage() {
        assertThat(uses(ArchitectureTests::breaksExclusivity)).isEmpty();
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("io.dmst.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void serviceAndLaboratoryNeverMeet() {
        never(SERVE, LAB);
        never(LAB, SERVE);
    }

    @Test
    void theCoreUsesNoOtherRoom() {
        for (String room : List.of(SERVE, LAB, CLI, "io.dmst.djl..")) {
            never(CORE, room);
        }
    }

    @Test
    void theCommandLineIsUsedByTheRootAlone() {
        for (String room : List.of(CORE, SERVE, LAB, "io.dmst.djl..")) {
            never(room, CLI);
        }
    }

    @Test
    void noTwoClassesHaveOneSimpleNameOrDifferByAnS() {
        List<String> names =
                own().filter(JavaClass::isTopLevelClass)
                        .map(JavaClass::getSimpleName)
                        .filter(name -> !name.equals("package-info"))
                        .toList();
        assertThat(names).doesNotHaveDuplicates();
        assertThat(names.stream().filter(name -> names.contains(name + "s"))).isEmpty();
    }

    private static void never(String room, String other) {
        noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .transitivelyDependOnClassesThat()
                .resideInAPackage(other)
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAClassDoes() {
        assertThat(own().map(JavaClass::getSimpleName))
                .allSatisfy(
                        name -> assertThat(BANNED_ENDINGS).noneMatch(end -> name.endsWith(end)));
        assertThat(own().flatMap(type -> Stream.of(type.getPackageName().split("\\."))))
                .doesNotContain("util", "utils", "common", "helper", "manager", "impl");
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> described =
                CLASSES.stream()
                        .filter(type -> type.getSimpleName().equals("package-info"))
                        .filter(type -> type.isAnnotatedWith(NullMarked.class))
                        .map(JavaClass::getPackageName)
                        .collect(Collectors.toSet());
        assertThat(own().map(JavaClass::getPackageName).distinct())
                .allSatisfy(name -> assertThat(described).contains(name));
    }

    @Test
    void generatedMessagesLiveOutsideTheRootPackage() {
        noClasses()
                .that(resideInAPackage("io.dmst.."))
                .should()
                .beAssignableTo(MessageLite.class)
                .check(CLASSES);
    }

    /** One class that uses another; both are top-level or nested, never arrays. */
    private record Use(JavaClass from, JavaClass to) {

        static Use of(Dependency dependency) {
            return new Use(
                    dependency.getOriginClass().getBaseComponentType(),
                    dependency.getTargetClass().getBaseComponentType());
        }

        @Override
        public String toString() {
            return from.getName() + " uses " + to.getName();
        }
    }

    private static Set<String> uses(Predicate<Use> refused) {
        return own().flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(Use::of)
                .filter(use -> !use.to().isPrimitive())
                .filter(refused)
                .map(Use::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean allowedNeighbour(Use use) {
        String from = base(use.from().getPackageName());
        String to = base(use.to().getPackageName());
        return from.equals(to)
                || PackageTable.rowOf(from).map(row -> row.own().contains(to)).orElse(false);
    }

    private static boolean allowedLibrary(Use use) {
        return PackageTable.rowOf(base(use.from().getPackageName()))
                .map(row -> row.mayUseOutside(use.to().getPackageName()))
                .orElse(false);
    }

    private static boolean entersUninvited(Use use) {
        String from = base(use.from().getPackageName());
        String host = base(use.to().getPackageName());
        String to = below(use.to().getPackageName());
        if (to.equals(host) || from.equals(host)) {
            return false;
        }
        return PackageTable.INNER.stream()
                .filter(inner -> PackageTable.covers(inner.name(), to))
                .noneMatch(inner -> inner.guests().contains(from));
    }

    private static boolean breaksExclusivity(Use use) {
        String from = below(use.from().getPackageName());
        return PackageTable.INNER.stream()
                .filter(inner -> !PackageTable.covers(inner.name(), from))
                .flatMap(inner -> inner.exclusive().stream())
                .anyMatch(prefix -> PackageTable.covers(prefix, use.to().getPackageName()));
    }

    private static Stream<JavaClass> own() {
        return CLASSES.stream().filter(ArchitectureTests::isOwn);
    }

    private static boolean isOwn(JavaClass type) {
        return PackageTable.covers(ROOT, type.getPackageName());
    }

    /** {@code core.image} of {@code io.dmst.core.image}. */
    private static String below(String packageName) {
        return packageName.equals(ROOT) ? "" : packageName.substring(ROOT.length() + 1);
    }

    /** {@code core.explain} of {@code io.dmst.core.explain.picture}; {@code djl} of its own. */
    private static String base(String packageName) {
        List<String> names = List.of(below(packageName).split("\\."));
        boolean room =
                names.size() > 1 && Set.of("core", "serve", "lab").contains(names.getFirst());
        return room ? names.get(0) + "." + names.get(1) : names.getFirst();
    }
}
