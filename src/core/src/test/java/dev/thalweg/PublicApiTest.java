package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.thalweg.tensor.CheckReturnValue;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What users see: which packages, that these speak of nothing else, and that no changed copy is dropped. */
class PublicApiTest {
    static final Set<String> EXPORTED = Set.of(
            "dev.thalweg",
            "dev.thalweg.backend",
            "dev.thalweg.collective",
            "dev.thalweg.data",
            "dev.thalweg.graph",
            "dev.thalweg.graph.expression",
            "dev.thalweg.inference",
            "dev.thalweg.io",
            "dev.thalweg.loss",
            "dev.thalweg.metric",
            "dev.thalweg.model",
            "dev.thalweg.optim",
            "dev.thalweg.tensor",
            "dev.thalweg.train");

    /** What other modules of this library need besides. */
    private static final Set<String> EXPORTED_TO_OURS = Set.of(
            "dev.thalweg.data.archive",
            "dev.thalweg.files",
            "dev.thalweg.format",
            "dev.thalweg.memory",
            "dev.thalweg.picture",
            "dev.thalweg.text");

    /**
     * Constructors that {@link Model} alone can call, from another package, as nobody else has what they take; and
     * the class that only it has objects of.
     */
    private static final Set<String> FOR_THE_MODEL_ALONE = Set.of(
            "dev.thalweg.inference.Inference.<init>",
            "dev.thalweg.inference.Quantizer.quantize",
            "dev.thalweg.train.Trainer.<init>");

    /** What has a life of its own: its methods change it and return it, or may be called for nothing but that. */
    private static final Set<String> LIVING = Set.of("dev.thalweg.Model");

    private static ModuleDescriptor module;
    private static JavaClasses classes;

    @BeforeAll
    static void read() throws Exception {
        Path library = Path.of(
                Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (InputStream descriptor = Files.newInputStream(library.resolve("module-info.class"))) {
            module = ModuleDescriptor.read(descriptor);
        }
        assertEquals("dev.thalweg", module.name());
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.thalweg");
    }

    private static boolean isOurs(JavaClass type) {
        return (type.getPackageName() + ".").startsWith("dev.thalweg.");
    }

    private static boolean isVisible(JavaClass type) {
        return EXPORTED.contains(type.getPackageName())
                && type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(PublicApiTest::isVisible).orElse(true);
    }

    private static Stream<JavaClass> visible() {
        return classes.stream().filter(PublicApiTest::isVisible);
    }

    @Test
    void thesePackagesAreExported() {
        assertEquals(
                new TreeSet<>(EXPORTED),
                module.exports().stream()
                        .filter(e -> !e.isQualified())
                        .map(ModuleDescriptor.Exports::source)
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertEquals(
                new TreeSet<>(EXPORTED_TO_OURS),
                module.exports().stream()
                        .filter(ModuleDescriptor.Exports::isQualified)
                        .map(ModuleDescriptor.Exports::source)
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertTrue(
                module.exports().stream()
                        .flatMap(e -> e.targets().stream())
                        .allMatch(target -> target.startsWith("dev.thalweg.")),
                "what is exported to some is exported to modules of this library");
    }

    /** A signature, or what a type extends, that mentions what users cannot see cannot be used by them. */
    @Test
    void whatUsersSeeMentionsNothingThatTheyDoNot() {
        Set<String> wrong = new TreeSet<>();
        visible().forEach(type -> {
            Stream.concat(type.getRawInterfaces().stream(), type.getRawSuperclass().stream())
                    .filter(known -> isOurs(known) && !EXPORTED.contains(known.getPackageName()))
                    .forEach(known -> wrong.add(type.getName() + " is a " + known.getName()));
            type.getCodeUnits().stream()
                    .filter(PublicApiTest::isForUsers)
                    .filter(unit -> mentions(unit).anyMatch(known -> !EXPORTED.contains(known.getPackageName())))
                    .forEach(unit -> wrong.add(type.getName() + "." + unit.getName()));
            type.getFields().stream()
                    .filter(field -> field.getModifiers().contains(JavaModifier.PUBLIC))
                    .filter(field -> mentions(field).anyMatch(known -> !EXPORTED.contains(known.getPackageName())))
                    .forEach(field -> wrong.add(type.getName() + "." + field.getName()));
        });
        assertEquals(new TreeSet<>(FOR_THE_MODEL_ALONE), wrong);
    }

    private static boolean isForUsers(JavaCodeUnit unit) {
        return unit.getModifiers().contains(JavaModifier.PUBLIC)
                || unit.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaClass> mentions(JavaCodeUnit unit) {
        return Stream.of(
                        unit.getParameterTypes(),
                        List.of(unit.getReturnType()),
                        unit.getRawParameterTypes(),
                        unit.getExceptionTypes())
                .flatMap(Collection::stream)
                .flatMap(type -> ((JavaType) type).getAllInvolvedRawTypes().stream())
                .filter(PublicApiTest::isOurs);
    }

    private static Stream<JavaClass> mentions(JavaField field) {
        return field.getType().getAllInvolvedRawTypes().stream().filter(PublicApiTest::isOurs);
    }

    /**
     * Whatever returns its own type returns a changed copy, which is all that it does. A checker that knows the
     * annotation refuses to drop it.
     */
    @Test
    void nobodyDropsAChangedCopy() {
        List<String> lacking = visible()
                .filter(type -> !LIVING.contains(type.getName()))
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC)
                        && !method.getModifiers().contains(JavaModifier.STATIC)
                        && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !method.getModifiers().contains(JavaModifier.BRIDGE))
                .filter(PublicApiTest::returnsItsOwnType)
                .filter(method -> !method.isAnnotatedWith(CheckReturnValue.class)
                        && !method.getOwner().isAnnotatedWith(CheckReturnValue.class))
                .map(JavaMethod::getFullName)
                .sorted()
                .toList();
        assertEquals(List.of(), lacking);
    }

    /** Or one that is of its own type too: an optimizer with a setting around it is an optimizer. */
    private static boolean returnsItsOwnType(JavaMethod method) {
        return method.getRawReturnType().isAssignableTo(method.getOwner().getName());
    }
}
