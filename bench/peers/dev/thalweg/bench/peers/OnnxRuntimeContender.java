package dev.thalweg.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Contender;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.SplittableRandom;

/** ONNX Runtime, all its optimizations on; it infers only. */
final class OnnxRuntimeContender implements Contender {
    private final OrtSession session;
    private final OnnxTensor pictures;

    OnnxRuntimeContender(BenchNetwork network, int batch, int threads) {
        try {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            OrtSession.SessionOptions options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(OnnxWriter.write(network, batch), options);
            int count = batch * 3 * network.pixels() * network.pixels();
            FloatBuffer values = ByteBuffer.allocateDirect(count * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            SplittableRandom random = new SplittableRandom(1);
            while (values.hasRemaining()) {
                values.put((float) random.nextDouble(-1, 1));
            }
            pictures = OnnxTensor.createTensor(
                    environment, values.rewind(), new long[] {batch, 3, network.pixels(), network.pixels()});
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void train() {
        throw new UnsupportedOperationException("ONNX Runtime infers only");
    }

    @Override
    public void infer() {
        try (OrtSession.Result result = session.run(Map.of("pictures", pictures))) {
            result.get(0);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            pictures.close();
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
