package dev.thalweg.engine;

import dev.thalweg.data.Batch;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.Targets;
import dev.thalweg.model.Network;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.Counted;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What of a data set or a batch flows into which input of a network, and is wanted of which output. What has a name
 * goes to the input or output of that name; the pictures, and their own targets, to the one that is left.
 */
public final class DataPorts {
    private DataPorts() {}

    /**
     * Checks that each input of a network gets something of its shape, and that nothing is left over.
     *
     * @param network the network
     * @param data what flows in
     * @throws ShapeException if not
     */
    public static void checkInputs(Network network, ImageDataset data) {
        Map<String, Shape> named = data.inputs();
        if (!leavesOne(network.inputs(), named.keySet(), () -> unlike("takes", network.inputs(), data))) {
            throw unlike("takes", network.inputs(), data);
        }
        for (Port port : network.inputs()) {
            if (!port.shape().equals(named.getOrDefault(port.name(), data.imageShape()))) {
                throw network.inputs().size() == 1
                        ? new ShapeException(
                                "the network takes pictures " + port.shape() + ", got a data set of " + data)
                        : unlike("takes", network.inputs(), data);
            }
        }
    }

    /**
     * {@return what each output of a network shall say of a data set, in their order}
     *
     * @param network the network
     * @param data with targets
     * @throws ShapeException if an output has no targets or such of another shape, or there are some of no output
     */
    public static Map<String, Targets> targets(Network network, ImageDataset data) {
        Map<String, Targets> wanted = named(network, data);
        for (Port port : network.outputs()) {
            Targets targets = Objects.requireNonNull(wanted.get(port.name()), port.name());
            if (!port.shape().equals(Shape.of(targets.outputs()))) {
                throw network.outputs().size() == 1
                        ? new ShapeException("the data set has " + targets + ", the network yields " + port.shape()
                                + ": give it pictures with targets of that shape, or to train on these a network that"
                                + " ends in a Dense layer of " + Counted.of(targets.outputs(), "unit")
                                + (port.shape().elements() == 1 && targets.kind() == TargetKind.CLASSES
                                        ? " and a softmax; one sigmoid is for one label, which pictures have or have"
                                                + " not: give them Targets.ofMultiLabels(List.of(name), ...), and the"
                                                + " loss BinaryCrossentropy"
                                        : ""))
                        : unlike("yields", network.outputs(), data);
            }
        }
        return wanted;
    }

    private static Map<String, Targets> named(Network network, ImageDataset data) {
        Map<String, Targets> named = data.outputTargets();
        leavesOne(network.outputs(), named.keySet(), () -> unlike("yields", network.outputs(), data));
        Map<String, Targets> wanted = new LinkedHashMap<>();
        network.outputs().forEach(port -> wanted.put(port.name(), named.getOrDefault(port.name(), data.targets())));
        return wanted;
    }

    /**
     * {@return the data set with classes numbered as a model knows them}
     *
     * @param network the network
     * @param data with targets
     * @param known what the outputs stand for; of those that are not named nothing is known
     * @throws IllegalArgumentException if an output stands for something else than the targets do, or there are
     *             pictures of a class that it does not know
     */
    public static ImageDataset relabelled(Network network, ImageDataset data, Map<String, TargetSpec> known) {
        ImageDataset labelled = data;
        for (Map.Entry<String, Targets> wanted : named(network, data).entrySet()) {
            String output = wanted.getKey();
            TargetSpec given = wanted.getValue().spec();
            TargetSpec expected = known.getOrDefault(output, TargetSpec.UNKNOWN);
            if (expected.equals(TargetSpec.UNKNOWN) || expected.equals(given)) {
                continue;
            }
            if (expected.kind() != TargetKind.CLASSES || given.kind() != TargetKind.CLASSES) {
                throw new IllegalArgumentException("expected pictures with " + expected + ", got some with " + given
                        + (known.size() > 1 ? " for the output \"" + output + "\"" : ""));
            }
            labelled = data.outputTargets().containsKey(output)
                    ? labelled.withTargets(output, wanted.getValue().asClasses().among(expected.names()))
                    : labelled.withClasses(expected.names());
        }
        return labelled;
    }

    /** Whether names leave a port over; refuses names that are no port's, and such as leave more than one over. */
    private static boolean leavesOne(List<Port> ports, Collection<String> names, Supplier<ShapeException> refusal) {
        long left = ports.stream().filter(port -> !names.contains(port.name())).count();
        boolean allKnown = ports.size() - left == names.size();
        if (!allKnown || left > 1) {
            throw refusal.get();
        }
        return left == 1;
    }

    /** What goes by a name where there is something of that name, else what has none. */
    private static <T> T namedOrRest(
            String name, Collection<String> names, Function<String, T> ofName, Supplier<T> rest) {
        return names.contains(name) ? ofName.apply(name) : rest.get();
    }

    private static ShapeException unlike(String does, List<Port> ports, ImageDataset data) {
        return new ShapeException("the network " + does + " " + described(ports) + ", got a data set of " + data
                + ": "
                + (does.equals("takes")
                        ? "its pictures flow into the one input that no ImageDataset.withInput names"
                        : "its own targets are those of the one output that no ImageDataset.withTargets names"));
    }

    private static List<String> described(List<Port> ports) {
        return ports.stream()
                .map(port -> "\"" + port.name() + "\" " + port.shape())
                .toList();
    }

    /**
     * Checks that a batch has something of the right length for each input, and for each output where it shall be
     * trained on.
     *
     * @param network the network
     * @param batch of whatever origin
     * @param withTargets whether targets are wanted
     * @throws ShapeException if not
     */
    public static void check(Network network, Batch batch, boolean withTargets) {
        leavesOne(network.inputs(), batch.inputNames(), () -> unlike(network, batch));
        for (Port port : network.inputs()) {
            checkLength(network, batch, port, input(batch, port.name()));
        }
        if (withTargets) {
            leavesOne(network.outputs(), batch.targetNames(), () -> unlike(network, batch));
            for (Port port : network.outputs()) {
                checkLength(network, batch, port, targets(batch, port.name()));
            }
        }
    }

    private static void checkLength(Network network, Batch batch, Port port, MemorySegment numbers) {
        if (numbers.byteSize() != batch.size() * port.shape().elements() * Float.BYTES) {
            throw new ShapeException(
                    "expected for each of " + Counted.of(batch.size(), "example") + " \"" + port.name() + "\" "
                            + port.shape() + ", got " + Counted.of(numbers.byteSize() / Float.BYTES, "number") + ", "
                            + port.shape().elements() + " each: the network takes " + described(network.inputs())
                            + " and yields " + described(network.outputs()));
        }
    }

    private static ShapeException unlike(Network network, Batch batch) {
        return new ShapeException("the network takes " + described(network.inputs()) + " and yields "
                + described(network.outputs()) + ", got a batch with inputs " + batch.inputNames()
                + " and targets of " + batch.targetNames() + " by name");
    }

    /** What flows into an input. */
    static MemorySegment input(Batch batch, String name) {
        return namedOrRest(name, batch.inputNames(), batch::input, batch::images);
    }

    /** What an output shall say, as its loss sees it. */
    static MemorySegment targets(Batch batch, String output) {
        return namedOrRest(output, batch.targetNames(), batch::targets, batch::targets);
    }

    /**
     * {@return what an output shall say of a picture of a batch}
     *
     * @param batch of the network
     * @param output its name
     * @param index which picture
     */
    public static float[] target(Batch batch, String output, int index) {
        return namedOrRest(output, batch.targetNames(), name -> batch.target(name, index), () -> batch.target(index));
    }
}
