package dev.thalweg.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.serve.InferenceServer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The guide's manifests are YAML, and ask the server for what it has. */
class ManifestsTest {
    private static final Set<String> PROBES = Set.of("startupProbe", "readinessProbe", "livenessProbe");
    /** What {@code serve} listens to, and the image exposes. */
    private static final int PORT = 8080;

    private static List<Map<String, Object>> containers;

    @BeforeAll
    static void read() throws IOException {
        containers = new ArrayList<>();
        for (Page.Block block : Page.blocks("yaml")) {
            for (Object document : new Yaml().loadAll(block.text())) {
                values(document, "containers")
                        .flatMap(found -> ((List<?>) found).stream())
                        .forEach(found -> containers.add(map(found)));
            }
        }
    }

    @Test
    void thereIsOneForKubernetesAndOneForKServe() {
        assertEquals(2, containers.size());
    }

    @Test
    void probesAskForWhatTheServerAnswers() throws IOException {
        Set<String> paths;
        try (InputStream description = InferenceServer.class.getResourceAsStream("openapi.json")) {
            JsonNode all = new ObjectMapper().readTree(description).get("paths");
            paths = StreamSupport.stream(((Iterable<String>) all::fieldNames).spliterator(), false)
                    .collect(Collectors.toSet());
        }
        for (Map<String, Object> container : containers) {
            List<Map<String, Object>> probes = container.keySet().stream()
                    .filter(PROBES::contains)
                    .map(probe -> map(map(container.get(probe)).get("httpGet")))
                    .toList();
            assertTrue(!probes.isEmpty(), container.toString());
            for (Map<String, Object> probe : probes) {
                assertTrue(paths.contains(probe.get("path")), probe + " is none of " + paths);
                assertEquals(PORT, probe.get("port"));
            }
        }
    }

    @Test
    void nothingIsWrittenAndNobodyIsRoot() {
        for (Map<String, Object> container : containers) {
            Map<String, Object> context = map(container.get("securityContext"));
            assertNotNull(context, container.toString());
            assertEquals(true, context.get("readOnlyRootFilesystem"));
            assertEquals(false, context.get("allowPrivilegeEscalation"));
        }
    }

    /** {@return what a name stands for, wherever it stands} */
    private static Stream<Object> values(Object yaml, String name) {
        return switch (yaml) {
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .flatMap(entry -> name.equals(entry.getKey())
                                ? Stream.of(entry.getValue())
                                : values(entry.getValue(), name));
            case List<?> list -> list.stream().flatMap(value -> values(value, name));
            case null, default -> Stream.empty();
        };
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object yaml) {
        return (Map<String, Object>) yaml;
    }
}
