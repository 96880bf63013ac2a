package dev.thalweg.interop.onnx;

import static dev.thalweg.interop.onnx.OperatorCase.alone;
import static dev.thalweg.interop.onnx.OperatorCase.flowing;
import static dev.thalweg.interop.onnx.OperatorCase.known;
import static dev.thalweg.interop.onnx.OperatorCase.wholes;
import static dev.thalweg.interop.onnx.OperatorCase.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients through operators that consist of several operations of the graph. */
class LoweredGradientsTest {
    private static final Path DATA = Path.of("/usr/share/libonnx-testdata/data/node");

    /** Of each number; the functions bend little over that distance. */
    private static final float STEP = 1e-2f;

    /**
     * A loss of single precision is off by some 1e-7 of its terms, which divided by twice the step is 1e-5 of them; the
     * functions' third derivatives add up to a hundred times that. A wrong gradient is off by its own size.
     */
    private static final double TOLERANCE = 2e-2;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "test_averagepool_2d_precomputed_pads_count_include_pad",
                "test_averagepool_3d_default",
                "test_celu",
                "test_conv_with_strides_padding",
                "test_convtranspose_1d",
                "test_convtranspose_3d",
                "test_convtranspose_kernel_shape",
                "test_cumsum_1d_exclusive",
                "test_depthtospace_example",
                "test_einsum_batch_matmul",
                "test_einsum_inner_prod",
                "test_erf",
                "test_gather_1",
                "test_gather_elements_1",
                "test_gathernd_example_float32",
                "test_gemm_all_attributes",
                "test_instancenorm_epsilon",
                "test_layer_normalization_4d_axis1",
                "test_lrn",
                "test_matmul_4d",
                "test_mvn",
                "test_constant_pad",
                "test_prelu_broadcast",
                "test_reduce_log_sum_exp_default_axes_keepdims_random",
                "test_reduce_max_do_not_keepdims_random",
                "test_reduce_prod_keepdims_random",
                "test_resize_downsample_scales_linear",
                "test_resize_upsample_scales_cubic",
                "test_resize_upsample_sizes_nearest_ceil_half_pixel",
                "test_scatter_elements_with_axis",
                "test_slice_neg_steps",
                "test_softsign",
                "test_split_equal_parts_2d",
                "test_sub_bcast",
                "test_tile",
                "test_top_k",
                "test_where_example"
            })
    void equalDifferencesOfTheLoss(String name) throws IOException {
        assumeTrue(Files.isDirectory(DATA), "libonnx-testdata is not installed");
        TestFolder folder = new TestFolder(DATA.resolve(name));
        equalDifferencesOfTheLoss(
                new LoweredModel(folder.model(), folder.pairs().getFirst().inputs()));
    }

    /** Operators of which there are no test data, or none of this version. */
    static Stream<OperatorCase> later() {
        return Stream.of(
                alone(18, "CenterCropPad", with(), flowing(5, 6, 3), wholes(8, 3, 4)),
                alone(18, "Col2Im", with(), flowing(2, 12, 20), wholes(5, 6), wholes(2, 2)),
                alone(18, "GlobalLpPool", with("p", 1), flowing(2, 3, 4, 5)),
                alone(18, "LpPool", with("kernel_shape", List.of(2, 3)), flowing(2, 3, 5, 6)),
                alone(18, "GroupNormalization", with("num_groups", 2), flowing(2, 4, 3, 3), known(1, 2), known(3, -1)),
                alone(21, "GroupNormalization", with("num_groups", 1), flowing(2, 2, 3, 3), known(1, 2), known(3, -1)),
                alone(23, "RMSNormalization", with(), flowing(2, 3, 4), known(1, 2, 3, 4)),
                alone(24, "Swish", with("alpha", 1.5f), flowing(3, 5)));
    }

    @ParameterizedTest
    @MethodSource("later")
    void ofLaterOperatorsToo(OperatorCase each) {
        equalDifferencesOfTheLoss(new LoweredModel(each.model(), each.inputs()));
    }

    private static void equalDifferencesOfTheLoss(LoweredModel evaluation) {
        Value loss = evaluation.addLoss();
        List<Value> gradients = evaluation.addGradients(loss);
        List<Value> inputs = List.copyOf(evaluation.given().keySet());
        for (BackendChoice choice : List.of(BackendChoice.JAVA, BackendChoice.ONEDNN)) {
            try (Backend backend = Backends.open(choice, Threads.of(1))) {
                Map<Value, float[]> slopes = evaluation.run(backend, gradients, evaluation.given());
                for (int i = 0; i < inputs.size(); i++) {
                    float[] got = slopes.get(gradients.get(i));
                    double want = (loss(evaluation, backend, loss, inputs.get(i), STEP)
                                    - loss(evaluation, backend, loss, inputs.get(i), -STEP))
                            / (2 * STEP);
                    double along = 0;
                    double size = 1;
                    for (int element = 0; element < got.length; element++) {
                        along += got[element] * direction(element);
                        size += Math.abs(got[element] * direction(element));
                    }
                    assertEquals(
                            want,
                            along,
                            TOLERANCE * size,
                            backend.name() + ", input " + inputs.get(i).name());
                }
            }
        }
    }

    /** One for each element, none of which is 0. */
    private static double direction(int element) {
        return Math.sin(1 + element) + (Math.sin(1 + element) < 0 ? -0.5 : 0.5);
    }

    private static double loss(LoweredModel evaluation, Backend backend, Value loss, Value input, float step) {
        Map<Value, float[]> moved = new LinkedHashMap<>(evaluation.given());
        float[] numbers = moved.get(input).clone();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] += (float) (step * direction(i));
        }
        moved.put(input, numbers);
        return evaluation.run(backend, new ArrayList<>(List.of(loss)), moved).get(loss)[0];
    }
}
