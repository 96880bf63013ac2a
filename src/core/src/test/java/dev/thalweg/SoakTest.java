package dev.thalweg;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Run by {@code mvn -Psoak test} alone. */
@Tag("soak")
class SoakTest {
    @ParameterizedTest
    @ValueSource(strings = {"onednn", "java"})
    void whatTheProcessHoldsStaysBounded(String backend) throws Exception {
        new ForkedJvm()
                .with("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch")
                .run(Soak.class, backend)
                .expect(0, "100 rounds", "0 bytes and 0 objects left");
    }
}
