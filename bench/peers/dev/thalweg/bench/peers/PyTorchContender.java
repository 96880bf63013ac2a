package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.TrainingContender;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's C++ interface through JavaCPP, operation by operation with its autograd, as its users in Python have it; in
 * f32 or under its {@code autocast} for CPUs to bf16, which casts what is multiplied.
 */
final class PyTorchContender implements TrainingContender {
    private final Scope resources;
    private final boolean bfloat16;
    private final PyTorchNetwork network;
    private final SGD optimizer;
    private final Tensor pictures;
    private final Tensor labels;

    PyTorchContender(boolean bfloat16, BenchNetwork which, int batch, int threads, boolean training) {
        this.bfloat16 = bfloat16;
        unpack();
        // OpenBLAS, by which PyTorch multiplies matrices of f32 here, has threads of its own, which wait for a
        // processor while those of PyTorch spin: with one, the small CNN is nine times and the vision transformer
        // twice as fast.
        openblas.blas_set_num_threads(1);
        torch.set_num_threads(threads);
        torch.set_num_interop_threads(1);
        torch.manual_seed(1);
        try (Scope opening = new Scope()) {
            network = new PyTorchNetwork(which, training);
            network.parameters().forEach(opening::own);
            SGDOptions options = new SGDOptions(0.001);
            options.momentum().put(0.9);
            optimizer =
                    opening.own(new SGD(new TensorVector(network.parameters().toArray(Tensor[]::new)), options));
            pictures = opening.own(PyTorchNetwork.channelsLast(torch.rand(batch, 3, which.pixels(), which.pixels())
                    .mul_(new Scalar(2.0))
                    .add_(new Scalar(-1.0))));
            labels = opening.own(Tensor.create(IntStream.range(0, batch)
                    .mapToLong(i -> i % which.classes())
                    .toArray()));
            checkPrecision();
            resources = opening.handOver();
        }
    }

    private void checkPrecision() {
        try (PointerScope step = new PointerScope()) {
            torch.ScalarType type = logits().scalar_type().intern();
            torch.ScalarType asked = bfloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float;
            if (type != asked) {
                throw new IllegalStateException("PyTorch computed in " + type + " instead of " + asked);
            }
        }
    }

    /**
     * JavaCPP loads libtorch before it has unpacked libtorch_cpu, which that needs: a first start would take the one of
     * another version that the system may have, and crash.
     */
    private static void unpack() {
        try {
            Loader.cacheResource(
                    torch.class,
                    "/org/bytedeco/pytorch/" + Loader.getPlatform() + "/" + System.mapLibraryName("torch_cpu"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Tensor logits() {
        if (!bfloat16) {
            return network.forward(pictures);
        }
        // What "with torch.autocast" does.
        torch.set_autocast_dtype(torch.DeviceType.CPU, torch.ScalarType.BFloat16);
        torch.set_autocast_enabled(torch.DeviceType.CPU, true);
        try {
            return network.forward(pictures);
        } finally {
            torch.set_autocast_enabled(torch.DeviceType.CPU, false);
            torch.clear_cache();
        }
    }

    @Override
    public float train() {
        try (PointerScope step = new PointerScope()) {
            optimizer.zero_grad();
            Tensor loss = torch.cross_entropy_loss(logits().to(torch.ScalarType.Float), labels);
            loss.backward();
            optimizer.step();
            return loss.item_float();
        }
    }

    @Override
    public long parameters() {
        return network.parameters().stream().mapToLong(Tensor::numel).sum();
    }

    @Override
    public void infer() {
        try (PointerScope step = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            torch.softmax(logits().to(torch.ScalarType.Float), -1).data_ptr_float();
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
