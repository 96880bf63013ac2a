package dev.thalweg.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.thalweg.memory.Scope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.SplittableRandom;

/** ONNX Runtime, all its optimizations on; it infers only. */
public final class OnnxRuntimeContender implements Contender {
    private final Scope resources;
    private final OrtSession session;
    private final OnnxTensor pictures;
    private final String input;

    /**
     * Loads a model.
     *
     * @param model what an ONNX file holds, of one input {@code [N, 3, pixels, pixels]}
     * @param pixels height and width of a picture
     * @param batch pictures in a step
     * @param threads how many compute
     */
    public OnnxRuntimeContender(byte[] model, int pixels, int batch, int threads) {
        try (Scope opening = new Scope();
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = opening.own(environment.createSession(model, options));
            input = session.getInputNames().iterator().next();
            int count = batch * 3 * pixels * pixels;
            FloatBuffer values = ByteBuffer.allocateDirect(count * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            SplittableRandom random = new SplittableRandom(1);
            while (values.hasRemaining()) {
                values.put((float) random.nextDouble(-1, 1));
            }
            pictures = opening.own(
                    OnnxTensor.createTensor(environment, values.rewind(), new long[] {batch, 3, pixels, pixels}));
            resources = opening.handOver();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void infer() {
        try (OrtSession.Result result = session.run(Map.of(input, pictures))) {
            result.get(0);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
