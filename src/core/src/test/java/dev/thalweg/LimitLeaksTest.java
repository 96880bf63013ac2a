package dev.thalweg;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever allocation is refused: what was opened before it is closed. */
class LimitLeaksTest {
    @ParameterizedTest
    @ValueSource(strings = {"onednn", "java"})
    void aRefusedAllocationLeavesNothing(String backend) throws Exception {
        new ForkedJvm().with("-Xmx512m").run(LimitLeaks.class, backend).expect(0, " refusals, nothing left");
    }
}
