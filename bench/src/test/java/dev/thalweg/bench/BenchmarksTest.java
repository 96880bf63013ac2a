package dev.thalweg.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.onednn.OneDnn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, once and in the smallest sizes, on each backend; nothing is measured. */
class BenchmarksTest {
    /** A benchmark's parameters, as JMH takes them; those that are not named keep all their values. */
    private record Quick(String benchmark, Map<String, List<String>> parameters) {
        @Override
        public String toString() {
            return benchmark;
        }
    }

    private static final List<Quick> QUICK = List.of(
            new Quick("CallBenchmark", Map.of()),
            new Quick("CallersBenchmark", Map.of("precision", List.of("f32"))),
            new Quick(
                    "ConvolutionBenchmark",
                    Map.of(
                            "way", List.of("f32", "direct", "winograd", "javacpp", "java"),
                            "batch", List.of("2"),
                            "layer", List.of("64-64-3-1-32", "64-128-3-2-32"))),
            new Quick(
                    "InferenceBenchmark",
                    Map.of(
                            "way", List.of("f32", "int8", "onnxruntime-f32", "onnxruntime-int8"),
                            "network", List.of("resnet20"),
                            "pixels", List.of("32"),
                            "batch", List.of("2"))),
            new Quick("KernelBenchmark", Map.of()),
            new Quick("StartupBenchmark", Map.of("classes", List.of("archive"))),
            new Quick("StepBenchmark", Map.of("way", List.of("f32", "java"), "batch", List.of("2"))),
            new Quick("UpdateBenchmark", Map.of("elements", List.of("10000"))));

    private static final List<Quick> IN_BFLOAT16 = List.of(
            new Quick("CallersBenchmark", Map.of("precision", List.of("bf16"))),
            new Quick(
                    "ConvolutionBenchmark",
                    Map.of(
                            "way", List.of("bf16", "direct-bf16", "fold-bf16", "product-bf16"),
                            "batch", List.of("2"),
                            "layer", List.of("64-64-3-1-32", "64-128-3-2-32"))),
            new Quick(
                    "InferenceBenchmark",
                    Map.of(
                            "way", List.of("bf16"),
                            "network", List.of("resnet20"),
                            "pixels", List.of("32"),
                            "batch", List.of("2"))),
            new Quick("StepBenchmark", Map.of("way", List.of("bf16"), "batch", List.of("2"))));

    static List<Quick> quick() {
        return QUICK;
    }

    static List<Quick> inBfloat16() {
        return IN_BFLOAT16;
    }

    @ParameterizedTest
    @MethodSource("quick")
    void runs(Quick quick) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + quick.benchmark() + "\\.")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(1))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        quick.parameters().forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
        Collection<RunResult> results = new Runner(options.build()).run();
        assertFalse(results.isEmpty());
        for (RunResult result : results) {
            assertEquals(
                    1,
                    result.getPrimaryResult().getSampleCount(),
                    result.getParams().toString());
        }
    }

    @ParameterizedTest
    @MethodSource("inBfloat16")
    void runsInBfloat16(Quick quick) throws RunnerException {
        assumeTrue(OneDnn.hasBfloat16(), "this CPU has no bfloat16 instructions");
        runs(quick);
    }

    @Test
    @EnabledForJreRange(minVersion = 25)
    void startsByAnAotCache() throws RunnerException {
        runs(new Quick("StartupBenchmark", Map.of("classes", List.of("aot"))));
    }

    /** A benchmark that this test does not know would not be run; the comparison with others is not a test's. */
    @Test
    void allAreKnown() throws IOException {
        Set<String> written;
        try (InputStream list = BenchmarksTest.class.getResourceAsStream("/META-INF/BenchmarkList");
                BufferedReader lines = new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
            String prefix = BenchmarksTest.class.getPackageName() + ".";
            written = lines.lines()
                    .flatMap(line -> List.of(line.split(" ")).stream())
                    .filter(word -> word.startsWith(prefix) && word.endsWith("Benchmark"))
                    .map(word -> word.substring(prefix.length()))
                    .filter(name -> !name.startsWith("peers."))
                    .collect(Collectors.toSet());
        }
        assertEquals(QUICK.stream().map(Quick::benchmark).collect(Collectors.toSet()), written);
    }
}
