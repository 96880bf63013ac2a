package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is closed while another thread uses it: the JVM lives, answers are right or refused, nothing is left. */
class CloseRacesTest {
    private static final int ROUNDS = 200;

    @TempDir
    private Path directory;

    @Test
    void nothingIsFreedUnderItsUsers() throws Exception {
        long seed = System.nanoTime();
        System.out.println("close races: seed " + seed);
        Path crash = directory.resolve("hs_err.log");
        ForkedJvm.Result result = new ForkedJvm()
                .with("-Xmx512m", "-XX:ErrorFile=" + crash)
                .run(CloseRaces.class, Integer.toString(ROUNDS), Long.toString(seed));
        assertFalse(Files.exists(crash), result.text());
        result.expect(0, ROUNDS + " rounds, 0 bytes and 0 objects left");
    }
}
