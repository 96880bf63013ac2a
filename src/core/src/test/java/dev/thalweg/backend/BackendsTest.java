package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.ForkedJvm;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BackendsTest {
    @Test
    void theHighestRankComesFirst() {
        assertEquals(List.of("onednn", "java"), Backends.names());
    }

    /** Another JVM: here oneDNN is loaded already. */
    @Test
    void whatWasBegunToLoadIsThereWhenABackendIsOpened() throws Exception {
        new ForkedJvm().run(BackendsTest.class).expect(0, "thalweg-preload", "onednn");
        new ForkedJvm()
                .with("-Dthalweg.onednn.library=/nowhere")
                .run(BackendsTest.class)
                .expect(0, "java");
    }

    /** What the other JVM does. */
    public static void main(String[] arguments) {
        Backends.preload();
        Thread.getAllStackTraces().keySet().forEach(thread -> System.out.println(thread.getName()));
        try (Backend backend = Backends.open()) {
            System.out.println(backend.name());
        }
    }

    @Test
    void aNameOrADeviceThatNobodyOffersIsRefused() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Backends.open(BackendChoice.of("cuda"), Threads.of(1)))
                .getMessage();
        assertTrue(message.contains("\"cuda\"") && message.contains("auto, onednn, java"), message);
        message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Backends.open(BackendChoice.JAVA, Threads.of(1), Device.gpu(0)))
                .getMessage();
        assertTrue(message.contains("java") && message.contains("gpu:0"), message);
    }

    /** A machine without a GPU is no reason for a failure where the device was left open. */
    @Test
    void plainJavaComputesOnTheCpuWhereTheDeviceIsLeftOpen() {
        try (Backend backend = Backends.open(BackendChoice.of("Java"), Threads.of(3), Device.auto())) {
            assertEquals("java", backend.name());
            assertEquals(3, backend.threads());
        }
    }

    /** The module path reads the one, the class path the other. */
    @Test
    void theModuleAndTheServiceFileNameTheSameProviders() throws IOException, URISyntaxException {
        Path classes = Path.of(Backends.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        ModuleDescriptor module;
        try (InputStream descriptor = Files.newInputStream(classes.resolve("module-info.class"))) {
            module = ModuleDescriptor.read(descriptor);
        }
        Map<String, List<String>> provided = module.provides().stream()
                .collect(Collectors.toMap(ModuleDescriptor.Provides::service, ModuleDescriptor.Provides::providers));
        String service = BackendProvider.class.getName();
        assertTrue(module.uses().contains(service), module.uses().toString());
        assertEquals(
                new TreeSet<>(provided.get(service)),
                new TreeSet<>(Files.readAllLines(classes.resolve("META-INF/services/" + service))));
    }
}
