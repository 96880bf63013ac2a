package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import triton.client.InferInput;
import triton.client.InferRequestedOutput;
import triton.client.InferResult;
import triton.client.InferenceException;
import triton.client.InferenceServerClient;
import triton.client.pojo.DataType;

/** The Java client that comes with Triton asks this server, as it asks Triton. */
class TritonClientTest {
    private static final float FACTOR = 4;
    private static final int LENGTH = TestModels.PICTURE.arrayLength();

    @TempDir
    private static Path directory;

    private static InferenceServer server;
    private static InferenceServerClient client;

    @BeforeAll
    static void start() throws IOException {
        server = InferenceServer.of(TestModels.write(directory.resolve("light.safetensors"), FACTOR))
                .port(0)
                .start();
        client = new InferenceServerClient("localhost:" + server.port(), 10_000, 10_000);
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void picturesInProbabilitiesOut(boolean binaryInput, boolean binaryOutput) throws InferenceException {
        byte[] pixels = new byte[2 * LENGTH];
        // This client writes bytes as JSON numbers with a sign.
        Arrays.fill(pixels, 0, LENGTH, (byte) 20);
        Arrays.fill(pixels, LENGTH, 2 * LENGTH, (byte) 120);
        InferInput input = new InferInput("pictures", new long[] {2, 3, 8, 8}, DataType.UINT8);
        input.setData(pixels, binaryInput);
        assertAnswer(ask(input, binaryOutput), 20, 120);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void numbersInProbabilitiesOut(boolean binaryInput, boolean binaryOutput) throws InferenceException {
        float[] numbers = new float[LENGTH];
        Arrays.fill(numbers, 0.75f);
        InferInput input = new InferInput("pictures", new long[] {1, 3, 8, 8}, DataType.FP32);
        input.setData(numbers, binaryInput);
        assertAnswer(ask(input, binaryOutput), 0.75 * 255);
    }

    private static InferResult ask(InferInput input, boolean binary) throws InferenceException {
        return client.infer("light", List.of(input), List.of(new InferRequestedOutput("dense", binary)));
    }

    private static void assertAnswer(InferResult result, double... greys) {
        assertEquals(List.of("dense"), result.getOutputs());
        float[] numbers = result.getOutputAsFloat("dense");
        assertEquals(2 * greys.length, numbers.length);
        for (int i = 0; i < greys.length; i++) {
            assertEquals(TestModels.light(FACTOR, greys[i]), numbers[2 * i + 1], 1e-5);
        }
    }

    @Test
    void whatIsWrongIsTold() {
        InferInput input = new InferInput("pixels", new long[] {1, 3, 8, 8}, DataType.UINT8);
        input.setData(new byte[LENGTH], true);
        InferenceException refused = assertThrows(InferenceException.class, () -> ask(input, true));
        assertTrue(refused.getMessage().contains("expected inputs of [pictures], got"), refused.getMessage());
    }
}
