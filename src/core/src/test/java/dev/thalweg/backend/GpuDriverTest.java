package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.onednn.ListingBackend;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Datasets;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Passes;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.optim.SAM;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A GPU's driver and compiler take all that we give them, and oneDNN has kernels made for the product. Nothing is said
 * of numbers: {@code native/gpu-driver/run.sh} runs this on Intel's driver without a GPU, where nothing is computed.
 * What takes part is the value of the system property {@code thalweg.test.driver}: {@code info} finds the device,
 * {@code list} also asks oneDNN for its implementations, {@code sample} also makes and runs some of the kernels and
 * {@code all} all.
 */
@EnabledIfSystemProperty(named = "thalweg.test.driver", matches = "info|list|sample|all")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GpuDriverTest {
    private static final String EXTENT = System.getProperty("thalweg.test.driver", "");
    /** Of the product that the driver was told to be. */
    private static final GpuImplementations RECORDED =
            new GpuImplementations(System.getProperty("thalweg.test.product", ""));

    private static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16);

    /** A sample is every so many-th graph: prime to the number of types and directions, so that all take part. */
    private static final int SAMPLED = 7;
    /** As with {@link #SAMPLED}, and of the sample, whose kernels are there already. */
    private static final int FEW = 7 * SAMPLED;

    private ListingBackend backend;

    /** A graph to try, whose numbers are of the case's range. */
    private record Tried(OpCase test, boolean backward, DataType type) {
        Graph graph() {
            return Passes.afterGradients(backward ? OpGradients.of(test).backward() : test.forward(), type);
        }

        @Override
        public String toString() {
            return type + ": " + test + (backward ? " backward" : "");
        }
    }

    @BeforeAll
    void open() {
        backend = ListingBackend.gpu(2, 0);
    }

    @AfterAll
    void close() {
        backend.close();
    }

    @Test
    void theDeviceIsFound() {
        System.out.println(backend.description() + ", computes in "
                + TYPES.stream().filter(backend::computesIn).toList() + ", emulates "
                + TYPES.stream().filter(backend::emulates).toList());
        assertTrue(backend.computesIn(DataType.FLOAT32));
        TYPES.forEach(type -> assertEquals(RECORDED.emulates(type), backend.emulates(type), type::toString));
    }

    private static List<Tried> all() {
        List<Tried> all = new ArrayList<>();
        for (OpCase test : OpCases.all()) {
            for (DataType type : TYPES) {
                all.add(new Tried(test, false, type));
                all.add(new Tried(test, true, type));
            }
        }
        return all;
    }

    /** All at once: making descriptors of primitives takes little. */
    @Test
    void implementationsAreThoseRecorded() throws Exception {
        assumeTrue(!EXTENT.equals("info"));
        assumeTrue(
                !"buffer".equals(System.getProperty("thalweg.opencl.memory")),
                "in buffers, recurrent cells are refused");
        backend.uses().clear();
        for (Tried tried : all()) {
            if (backend.computesIn(tried.type())) {
                backend.list(tried.graph());
            }
        }
        RECORDED.check(backend.uses());
    }

    private static boolean runs() {
        return EXTENT.equals("all") || EXTENT.equals("sample");
    }

    @TestFactory
    Stream<DynamicTest> casesRun() {
        List<Tried> all = all();
        return IntStream.range(0, all.size())
                .filter(i -> EXTENT.equals("all") || runs() && i % SAMPLED == 0)
                .mapToObj(all::get)
                .map(tried -> DynamicTest.dynamicTest(tried.toString(), () -> run(tried)));
    }

    private void run(Tried tried) {
        assumeTrue(backend.computesIn(tried.type()), "the device does not compute in " + tried.type());
        Graph graph = tried.graph();
        Refusals.run(tried.test(), () -> GraphRun.run(backend, graph, OpsTest.random(graph, tried.test(), 1)));
    }

    /** With an update whose rule goes forward and backward twice. */
    @Test
    void aModelIsTrained() {
        assumeTrue(runs());
        try (DataSplit data = Datasets.builtin(3);
                ImageDataset few = data.train().select(IntStream.range(0, 60).toArray());
                Model model = DeviceFaultsTest.model("gpu:0")) {
            model.compile(new SAM(new SGD(0.05).momentum(0.9)).skipNonFinite(true), new CategoricalCrossentropy());
            History history = model.fit(few, Fit.epochs(2).batchSize(25).seed(2));
            assertEquals(2, history.epochs().size());
        }
    }

    @TestFactory
    Stream<DynamicTest> updatesRun() {
        assumeTrue(runs());
        return UpdateCases.optimizers().entrySet().stream()
                .map(optimizer -> DynamicTest.dynamicTest(
                        optimizer.getKey(), () -> UpdateCases.descend(backend, optimizer.getValue(), true)));
    }

    /** Some operations and an update on each of the driver's two devices, from a thread each. */
    @Test
    void twoDevicesRunBesideEachOther() throws Exception {
        assumeTrue(runs());
        List<Tried> some = IntStream.range(0, all().size())
                .filter(i -> i % FEW == 0)
                .mapToObj(all()::get)
                .toList();
        try (ListingBackend second = ListingBackend.gpu(2, 1);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Integer>> ran = threads.invokeAll(Stream.of(backend, second)
                    .<Callable<Integer>>map(device -> () -> run(device, some))
                    .toList());
            for (Future<Integer> each : ran) {
                assertTrue(each.get() > some.size() / 2, each.get() + " of " + some.size());
            }
        }
    }

    /** How many ran. */
    private static int run(Backend device, List<Tried> some) {
        int ran = 0;
        for (Tried tried : some) {
            if (device.computesIn(tried.type()) && !Refusals.contain(tried.test())) {
                Graph graph = tried.graph();
                GraphRun.run(device, graph, OpsTest.random(graph, tried.test(), 1));
                ran++;
            }
        }
        UpdateCases.descend(device, UpdateCases.optimizers().get("Adam"), true);
        return ran;
    }

    @Test
    void masksAreDrawn() {
        assumeTrue(runs());
        assertEquals(77, DeviceTest.mask(backend).length);
    }
}
