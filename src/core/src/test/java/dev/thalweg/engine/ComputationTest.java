package dev.thalweg.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.Backend;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.UnavailableException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A precision is refused where a backend lacks it, and warned of where it is emulated. */
class ComputationTest {
    /** A backend that does nothing but answer what it computes in. */
    private static Backend backend(Set<DataType> computesIn, Set<DataType> emulates) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "computesIn" -> computesIn.contains((DataType) arguments[0]);
                    case "emulates" -> emulates.contains((DataType) arguments[0]);
                    case "name", "description" -> "some device";
                    default -> throw new AssertionError(method + " is not asked for");
                });
    }

    @Test
    void whatIsEmulatedComesWithAWarning() {
        Backend device =
                backend(Set.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16), Set.of(DataType.BFLOAT16));
        Computation bfloat16 = Computation.PLAIN.precision(Precision.BF16);
        assertDoesNotThrow(() -> bfloat16.check(device));
        String warning = bfloat16.warning(device).orElseThrow();
        assertTrue(
                warning.contains(DataType.BFLOAT16.toString())
                        && warning.contains("emulated")
                        && warning.contains("some device")
                        && warning.contains("f32"),
                warning);
        assertEquals(Optional.empty(), Computation.PLAIN.warning(device));
        assertEquals(
                Optional.empty(), Computation.PLAIN.precision(Precision.F16).warning(device));
    }

    @Test
    void whatIsMissingIsRefused() {
        Backend device = backend(Set.of(DataType.FLOAT32), Set.of());
        Computation bfloat16 = Computation.PLAIN.precision(Precision.BF16);
        UnavailableException e = assertThrows(UnavailableException.class, () -> bfloat16.check(device));
        assertTrue(e.getMessage().contains("Choose precision f32"), e.getMessage());
    }
}
