package dev.thalweg.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A new operation that forgets a fact does not compile: no fact has a default, and none is inherited. */
class OpFactsTest {
    private static Stream<Class<?>> permitted(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(OpFactsTest::permitted)
                : Stream.of(type);
    }

    @Test
    void noFactHasADefault() {
        List<Class<?>> interfaces = List.of(Op.class, ParameterChange.class);
        for (Class<?> type : interfaces) {
            for (Method method : type.getDeclaredMethods()) {
                assertTrue(Modifier.isAbstract(method.getModifiers()), method.toString());
            }
        }
        Set<String> facts = new TreeSet<>();
        Arrays.stream(Op.class.getMethods()).forEach(m -> facts.add(m.getName()));
        assertEquals(
                new TreeSet<>(
                        List.of("aliasing", "fused", "gradient", "infer", "servesGradients", "shortInputs", "yields")),
                facts);
    }

    @Test
    void everyOperationIsARecordThatStatesAllItself() throws NoSuchMethodException {
        List<Class<?>> operations = permitted(Op.class).toList();
        assertTrue(operations.size() >= 32, operations.toString());
        for (Class<?> operation : operations) {
            assertTrue(operation.isRecord(), operation.toString());
            for (Method fact : Op.class.getMethods()) {
                assertEquals(
                        operation,
                        operation
                                .getMethod(fact.getName(), fact.getParameterTypes())
                                .getDeclaringClass());
            }
        }
    }
}
