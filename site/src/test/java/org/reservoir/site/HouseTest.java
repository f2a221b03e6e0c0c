package org.reservoir.site;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The house's allowed arrows as one table, the same as in ARCHITECTURE.md. Whoever needs another arrow thinks again, then changes the table openly. */
class HouseTest {
    private static final String ROOT = "org.reservoir.";

    /** Room to rooms it may call. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("kernel", Set.of()),
            Map.entry("store", Set.of("kernel")),
            Map.entry("libvirtrpc", Set.of()),
            Map.entry("plugins", Set.of("kernel")),
            Map.entry("interfaces", Set.of("kernel")),
            Map.entry("manifest", Set.of("kernel")),
            Map.entry("placement", Set.of("kernel")),
            Map.entry("solvers", Set.of("kernel", "placement")),
            Map.entry("monitoring", Set.of("kernel")),
            Map.entry("telemetry", Set.of("kernel", "monitoring")),
            Map.entry("agent", Set.of("kernel", "monitoring")),
            Map.entry("emitter", Set.of()),
            Map.entry("history", Set.of("kernel", "monitoring")),
            Map.entry("alarms", Set.of("kernel", "interfaces", "monitoring", "store")),
            Map.entry("accounting", Set.of("kernel", "interfaces", "monitoring", "store")),
            Map.entry("access", Set.of("kernel", "interfaces", "store")),
            Map.entry("van", Set.of("kernel", "interfaces")),
            Map.entry("veeh", Set.of("kernel", "interfaces", "libvirtrpc", "monitoring")),
            Map.entry("veem", Set.of("kernel", "interfaces", "placement", "plugins", "van", "monitoring", "store")),
            Map.entry("servicemanager", Set.of("kernel", "interfaces", "manifest", "monitoring", "store")),
            Map.entry("gateways", Set.of("kernel", "interfaces", "access", "libvirtrpc")),
            Map.entry("cli", Set.of()));

    private static final JavaClasses HOUSE = house();

    /** Others' classes are known by name alone, which is all that the rules ask of them; reading them as well takes most of a minute. */
    private static JavaClasses house() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.reservoir");
    }

    @TestFactory
    Stream<DynamicTest> everyRoomCallsOnlyTheRoomsThatItsLineOfTheTableAllows() {
        return new TreeMap<>(ARROWS).entrySet().stream().map(line -> DynamicTest.dynamicTest(line.getKey(), () -> {
            var others = new TreeSet<>(ARROWS.keySet());
            others.add("site");
            others.removeAll(line.getValue());
            others.remove(line.getKey());
            noClasses().that().resideInAPackage(in(line.getKey())).should().dependOnClassesThat().resideInAnyPackage(others.stream().map(HouseTest::in).toArray(String[]::new))
                    .check(HOUSE);
        }));
    }

    /** Floors of the VEEM, each with those it may call: the same as in the package's own words. */
    private static final Map<String, Set<String>> VEEM = Map.of(
            "kept", Set.of(),
            "network", Set.of("kept"),
            "image", Set.of("kept"),
            "placing", Set.of("kept"),
            "work", Set.of("kept", "network", "image", "placing"),
            "host", Set.of("kept", "network", "image", "placing", "work"),
            "review", Set.of("kept", "placing", "work", "host"),
            "lease", Set.of("kept", "placing", "work", "review"));

    @TestFactory
    Stream<DynamicTest> everyFloorOfTheVeemCallsOnlyThoseBelowIt() {
        return new TreeMap<>(VEEM).entrySet().stream().map(line -> DynamicTest.dynamicTest(line.getKey(), () -> {
            var others = new TreeSet<>(VEEM.keySet());
            others.removeAll(line.getValue());
            others.remove(line.getKey());
            var above = Stream.concat(Stream.of(ROOT + "veem"), others.stream().map(other -> in("veem." + other)));
            noClasses().that().resideInAPackage(in("veem." + line.getKey())).should().dependOnClassesThat().resideInAnyPackage(above.toArray(String[]::new)).check(HOUSE);
        }));
    }

    @Test
    void anImagesFilesAreReadByCodeThatKnowsNeitherVeesNorTheDatabase() {
        noClasses().that().resideInAPackage(in("veem.image.file")).should().dependOnClassesThat().resideInAnyPackage(ROOT + "veem", in("veem.kept"), ROOT + "veem.image", in("store")).check(HOUSE);
    }

    @Test
    void theTableNamesEveryRoomThatThereIs() {
        var rooms = new TreeSet<String>();
        HOUSE.forEach(type -> rooms.add(room(type)));
        rooms.remove("site");
        assertThat(rooms).isEqualTo(new TreeSet<>(ARROWS.keySet()));
    }

    @Test
    void decidersReadNoClockAndTouchNoThreadNetworkOrDatabase() {
        noClasses().that().resideInAnyPackage(in("placement"), in("manifest")).or().haveNameMatching("org\\.reservoir\\.accounting\\.(Rating|Meter|Statement|PriceBook|PriceBooks)")
                .should().dependOnClassesThat().haveNameMatching("java\\.(net\\.(http\\..*|Socket|ServerSocket)|sql\\..*|lang\\.(Thread|ProcessBuilder|Process)|time\\.(Clock|InstantSource))")
                .orShould().callMethod(System.class, "currentTimeMillis").orShould().callMethod(java.time.Instant.class, "now")
                .check(HOUSE);
    }

    @Test
    void nothingHidesBehindANameThatSaysNothing() {
        classes().should().haveNameNotMatching(".*(Impl|Util|Utils|Helper|Dto|DTO|VO)$").check(HOUSE);
    }

    @Test
    void aPublicFieldIsAConstant() {
        var open = HOUSE.stream().flatMap(type -> type.getFields().stream())
                .filter(field -> field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC))
                .filter(field -> !field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.FINAL)).map(Object::toString);
        // fields of fakes that tests steer are in test jars, not here
        assertThat(open).isEmpty();
    }

    private static String in(String room) {
        return ROOT + room + "..";
    }

    private static String room(JavaClass type) {
        return Arrays.stream(type.getPackageName().split("\\.")).skip(2).findFirst().orElseThrow();
    }
}
