package dev.thalweg.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.thalweg.Model;
import dev.thalweg.interop.Onnx;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * What a Java team writes without this library: ONNX Runtime behind the same web server, a call for each request. Asked
 * by {@code POST /} with the bytes of a picture, {@code [3, 32, 32]}, of which the first stands after a header of JSON
 * where there is one, it answers by the network's outputs. To be measured beside {@code thalweg serve}, see RESULTS.md.
 * ONNX Runtime 1.29 ends the JVM whose command line has 13,700 characters, so the class path goes
 * into {@code CLASSPATH}.
 */
public final class PeerServer {
    private static final Shape PICTURE = Shape.of(3, 32, 32);

    private PeerServer() {}

    /**
     * Serves until it is killed.
     *
     * @param arguments a name of {@link Networks}; a directory for the two files of it that are written, ours and ONNX;
     *            the port; how many threads compute a request
     * @throws IOException if the files cannot be written
     * @throws OrtException if ONNX Runtime refuses the network
     * @throws InterruptedException never
     */
    public static void main(String[] arguments) throws IOException, OrtException, InterruptedException {
        String name = arguments[0];
        Path directory = Files.createDirectories(Path.of(arguments[1]));
        Path onnx = directory.resolve(name + ".onnx");
        try (Model model = Model.of(Networks.named(name, PICTURE, 10))) {
            model.save(directory.resolve(name + ".safetensors"));
            Onnx.write(model, onnx);
        }
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(Integer.parseInt(arguments[3]));
        OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString(), options);
        WebServer.builder()
                .host("localhost")
                .port(Integer.parseInt(arguments[2]))
                .routing(HttpRouting.builder().post("/", (request, response) -> answer(session, request, response)))
                .build()
                .start();
        new CountDownLatch(1).await();
    }

    private static void answer(OrtSession session, ServerRequest request, ServerResponse response)
            throws OrtException, IOException {
        byte[] body = request.content().inputStream().readAllBytes();
        int length = PICTURE.arrayLength();
        float[] pixels = new float[length];
        for (int i = 0; i < length; i++) {
            pixels[i] = Byte.toUnsignedInt(body[body.length - length + i]) / 255f;
        }
        String input = session.getInputNames().iterator().next();
        try (OnnxTensor tensor = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), FloatBuffer.wrap(pixels), new long[] {1, 3, 32, 32});
                OrtSession.Result result = session.run(Map.of(input, tensor))) {
            float[][] outputs = (float[][]) result.get(0).getValue();
            response.send(Arrays.toString(outputs[0]));
        }
    }
}
