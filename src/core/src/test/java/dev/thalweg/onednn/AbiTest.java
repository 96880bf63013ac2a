package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.onednn.c.dnnl_exec_arg_t;
import dev.thalweg.onednn.c.dnnl_version_t;
import dev.thalweg.opencl.c.OpenCl;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The generated bindings against what the C compiler and the library say: the findings of the native ABI probe. */
class AbiTest {
    private static JsonNode probe;

    @BeforeAll
    static void read() throws IOException {
        File file = new File(System.getProperty("thalweg.test.native", "../../target/native/release"), "abi.json");
        assertTrue(
                file.isFile(),
                file + " is missing: the native build writes it (cmake --workflow --preset release in native/)");
        probe = new ObjectMapper().readTree(file);
    }

    @Test
    void headersHaveEverythingThatTheBindingsName() {
        assertEquals(0, probe.get("missing").size(), probe.get("missing").toString());
    }

    @Test
    void constantsHaveTheCompilersValues() throws ReflectiveOperationException {
        compareConstants(Dnnl.class, probe.get("constants"));
    }

    @Test
    void openClConstantsHaveTheCompilersValues() throws ReflectiveOperationException {
        assumeTrue(
                probe.has("opencl constants"),
                "the OpenCL headers are not installed: the probe was built without them");
        compareConstants(OpenCl.class, probe.get("opencl constants"));
    }

    private static void compareConstants(Class<?> bindings, JsonNode values) throws ReflectiveOperationException {
        Map<String, Long> java = new TreeMap<>();
        Set<String> functions = functions(bindings);
        for (Method method : bindings.getDeclaredMethods()) {
            boolean constant = Modifier.isPublic(method.getModifiers())
                    && method.getParameterCount() == 0
                    && !method.getName().contains("$")
                    && !functions.contains(method.getName());
            if (constant) {
                Object value = method.invoke(null);
                java.put(
                        method.getName(),
                        value instanceof MemorySegment address ? address.address() : ((Number) value).longValue());
            }
        }
        assertEquals(names(values), java.keySet(), "the probe and the bindings must name the same constants");
        java.forEach((name, value) -> {
            long c = values.get(name).asLong();
            // C's size_t and cl_ulong constants come out signed on both sides; ints may be wider in C's printout.
            assertTrue(c == value || (int) c == value.longValue(), name + ": C has " + c + ", Java has " + value);
        });
    }

    @Test
    void everyFunctionIsExported() {
        assertEquals(
                names(probe.get("symbols")),
                functions(Dnnl.class),
                "the probe and the bindings must name the same functions");
        probe.get("symbols")
                .properties()
                .forEach(s -> assertEquals(1, s.getValue().asInt(), s.getKey() + " is not exported"));
    }

    @Test
    void structsLieAsInC() {
        Map<String, MemoryLayout> java =
                Map.of("dnnl_exec_arg_t", dnnl_exec_arg_t.layout(), "dnnl_version_t", dnnl_version_t.layout());
        assertEquals(names(probe.get("structs")), new TreeSet<>(java.keySet()));
        java.forEach((name, layout) -> {
            JsonNode c = probe.get("structs").get(name);
            assertEquals(c.get("size").asLong(), layout.byteSize(), name + " size");
            assertEquals(c.get("alignment").asLong(), layout.byteAlignment(), name + " alignment");
            Set<String> fields = new TreeSet<>();
            ((GroupLayout) layout)
                    .memberLayouts()
                    .forEach(member -> member.name().ifPresent(field -> {
                        fields.add(field);
                        assertEquals(
                                c.get(field).asLong(),
                                layout.byteOffset(MemoryLayout.PathElement.groupElement(field)),
                                name + "." + field);
                    }));
            Set<String> expected = names(c);
            expected.removeAll(Set.of("size", "alignment"));
            assertEquals(expected, fields, name + " fields");
        });
    }

    private static Set<String> functions(Class<?> bindings) {
        return Arrays.stream(bindings.getDeclaredMethods())
                .map(Method::getName)
                .filter(n -> n.endsWith("$descriptor"))
                .map(n -> n.substring(0, n.indexOf('$')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
    }
}
