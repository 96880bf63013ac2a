package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.OnnxValue;
import dev.thalweg.interop.onnx.lowering.Call;
import dev.thalweg.interop.onnx.lowering.Operand;
import dev.thalweg.interop.onnx.lowering.Operators;
import dev.thalweg.interop.onnx.lowering.UnsupportedOperatorException;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ThalwegException;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A graph as a file has it, checked, and without nodes that do nothing.
 *
 * @param file for messages
 * @param opset the version of ONNX's own operators
 * @param inputs what flows in, with its extents; the first is open or the file's own batch
 * @param outputs what comes out
 * @param steps each after those it takes from
 * @param initializers the file's tensors by name, also under the names that nodes give them
 * @param constants tensors that nodes yield
 */
record CheckedGraph(
        Path file,
        long opset,
        Map<String, List<Long>> inputs,
        List<String> outputs,
        List<Step> steps,
        Map<String, OnnxTensor> initializers,
        Map<String, OnnxTensor> constants) {
    /** From it on, extents broadcast as in NumPy. */
    private static final long FIRST_OPSET = 7;
    /** The last whose changes are known here. */
    private static final long LAST_OPSET = 24;
    /** More than any picture has; a normalization has numbers for each. */
    private static final int MOST_CHANNELS = 1 << 20;

    private static final int MESSAGE_LENGTH = 2000;

    private static final List<Long> TO_CHANNELS_FIRST = List.of(0L, 3L, 1L, 2L);

    /**
     * Checks a graph.
     *
     * @param file for messages
     * @param model what it holds
     * @param shape of one example, channels first, where the file leaves it open
     * @throws BadFileException if it is of another operator set than is known here, or if a value is missing, stands
     *     before the node that yields it, or has several
     */
    static CheckedGraph of(Path file, OnnxModel model, Optional<Shape> shape) throws BadFileException {
        return new Reading(file, model, shape).read();
    }

    /** The extent of the file's own batch; open if it has none. */
    long batch() {
        return inputs.values().stream()
                .map(List::getFirst)
                .filter(extent -> extent > 0)
                .findFirst()
                .orElse(OnnxValue.OPEN);
    }

    /**
     * A fault of a node.
     *
     * @param step the node
     * @param problem what is wrong
     * @param cause what found it, if anything did
     */
    BadFileException refusal(Step step, String problem, @Nullable Throwable cause) {
        return new BadFileException(file, told(step, problem), cause);
    }

    /** What is wrong with a node, by its name. */
    String told(Step step, String problem) {
        Object name = step.node().name().isEmpty()
                ? step.node().outputs()
                : step.node().name();
        return "operator " + PrintableText.excerpt(step.node().opType()) + " (opset " + opset + ", node "
                + PrintableText.excerpt(name) + "): " + problem;
    }

    /** The same of what was thrown; what nobody foresaw is told with its kind. */
    String told(Step step, RuntimeException problem) {
        String message = told(problem);
        return problem instanceof UnsupportedOperatorException ? message : told(step, message);
    }

    /** What is wrong, as an exception says it, or the kind of one that nobody foresaw. */
    static String told(RuntimeException problem) {
        boolean foreseen = problem instanceof ThalwegException
                || problem instanceof IllegalArgumentException
                || problem instanceof ArithmeticException;
        String message = String.valueOf(foreseen ? problem.getMessage() : problem);
        return PrintableText.printable(PrintableText.shortened(message, MESSAGE_LENGTH));
    }

    /** A tensor of the file. */
    OnnxTensor tensor(String name) {
        return Objects.requireNonNull(initializers.getOrDefault(name, constants.get(name)), name);
    }

    /** Whether an operand is a tensor of the file that is learnt. */
    boolean isWeight(Step step, int operand) {
        OnnxTensor initializer = initializers.get(step.input(operand));
        OnnxTensor tensor = initializer == null ? constants.get(step.input(operand)) : initializer;
        return tensor != null && OperandRoles.isWeight(step.node(), operand, tensor, initializer != null);
    }

    /** What is known while the nodes are read. */
    private static final class Reading {
        private final Path file;
        private final OnnxModel model;
        private final Optional<Shape> shape;
        private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
        private final Map<String, OnnxTensor> constants = new HashMap<>();
        private final Map<String, List<Long>> inputs = new LinkedHashMap<>();
        private final Map<String, String> aliases = new HashMap<>();
        private final Set<String> known = new HashSet<>(Set.of(""));
        private final List<Step> steps = new ArrayList<>();

        Reading(Path file, OnnxModel model, Optional<Shape> shape) {
            this.file = file;
            this.model = model;
            this.shape = shape;
        }

        private BadFileException bad(String problem) {
            return new BadFileException(file, problem);
        }

        CheckedGraph read() throws BadFileException {
            if (model.opset() < FIRST_OPSET || model.opset() > LAST_OPSET) {
                throw bad("is of operator set " + model.opset() + ", expected " + FIRST_OPSET + " to " + LAST_OPSET
                        + ": export it with one of these, or convert it by onnx.version_converter");
            }
            OnnxGraph graph = model.graph();
            initializers.putAll(graph.initializers());
            known.addAll(initializers.keySet());
            for (OnnxValue input : graph.inputs()) {
                if (!initializers.containsKey(input.name())) {
                    define(input.name(), "an input");
                    inputs.put(input.name(), extents(input));
                }
            }
            takePicturesChannelsFirst(graph);
            for (Map.Entry<String, List<Long>> input : inputs.entrySet()) {
                input.setValue(closed(input.getKey(), input.getValue()));
            }
            for (int i = 0; i < graph.nodes().size(); i++) {
                add(i, graph.nodes().get(i));
            }
            List<String> outputs = new ArrayList<>();
            for (OnnxValue output : graph.outputs()) {
                outputs.add(resolved(output.name(), "the graph's outputs"));
            }
            if (outputs.isEmpty() || inputs.isEmpty()) {
                throw bad("its graph has " + inputs.size() + " inputs and " + outputs.size()
                        + " outputs, expected at least one of each");
            }
            return new CheckedGraph(file, model.opset(), inputs, outputs, needed(outputs), initializers, constants);
        }

        /** The steps that outputs depend on, without names for results that nobody takes. */
        private List<Step> needed(List<String> outputs) {
            Set<String> needed = new HashSet<>(outputs);
            List<Step> kept = new ArrayList<>();
            for (Step step : steps.reversed()) {
                if (step.node().outputs().stream().anyMatch(needed::contains)) {
                    needed.addAll(step.inputs());
                    kept.add(step.withOutputs(step.node().outputs().stream()
                            .map(output -> needed.contains(output) ? output : "")
                            .toList()));
                }
                needed.remove("");
            }
            return kept.reversed();
        }

        private void define(String name, String what) throws BadFileException {
            if (name.isEmpty() || !known.add(name)) {
                throw bad("has " + what + " named \"" + PrintableText.excerpt(name)
                        + "\", which is no name or one given already");
            }
        }

        private List<Long> extents(OnnxValue input) throws BadFileException {
            List<Long> dims = input.dims().orElse(List.of());
            if (dims.size() < 2 || input.type().isEmpty()) {
                throw bad("input " + PrintableText.excerpt(input.name()) + " has extents " + dims
                        + ", expected a tensor of numbers [N, ...]");
            }
            return dims;
        }

        /** With all extents but the first given. */
        private List<Long> closed(String name, List<Long> dims) throws BadFileException {
            List<Long> closed = new ArrayList<>(dims);
            for (int i = 1; i < closed.size(); i++) {
                if (closed.get(i) < 1 && shape.isPresent() && shape.get().rank() == closed.size() - 1) {
                    closed.set(i, (long) shape.get().dim(i - 1));
                }
            }
            if (closed.stream().skip(1).anyMatch(extent -> extent < 1)) {
                throw bad("input " + PrintableText.excerpt(name) + " has extents " + closed
                        + ", where -1 is open: say how large its examples are, by Onnx.read(file, shape) or the"
                        + " program's --image-size and --channels");
            }
            if (closed.get(1) > MOST_CHANNELS) {
                throw bad("input " + PrintableText.excerpt(name) + " has " + closed.get(1)
                        + " channels, expected at most " + MOST_CHANNELS);
            }
            try {
                Shape.of(closed.stream().skip(1).mapToInt(Math::toIntExact).toArray())
                        .arrayLength();
                Shape.extent(Math.max(1, closed.getFirst()) + 1);
            } catch (ThalwegException | ArithmeticException e) {
                throw bad("input " + PrintableText.excerpt(name) + " has extents " + closed + ": " + e.getMessage());
            }
            return closed;
        }

        private String resolved(String name, String user) throws BadFileException {
            if (!known.contains(name)) {
                throw bad("value \"" + PrintableText.excerpt(name) + "\" is taken by " + user
                        + ", expected the result of a node before it, an initializer or an input");
            }
            return aliases.getOrDefault(name, name);
        }

        private void add(int index, OnnxNode node) throws BadFileException {
            String told = "node " + PrintableText.excerpt(node.name().isEmpty() ? node.outputs() : node.name());
            List<String> taken = new ArrayList<>();
            for (String input : node.inputs()) {
                taken.add(resolved(input, told));
            }
            for (String output : node.outputs()) {
                if (!output.isEmpty()) {
                    define(output, "the result of " + told);
                }
            }
            Step step = new Step(index, node, List.copyOf(taken));
            if (node.outputs().stream().allMatch(String::isEmpty)) {
                return;
            }
            if (step.is("Constant") && node.attributes().get("value") instanceof OnnxAttribute.Constant(var tensor)) {
                constants.put(step.output(), tensor);
                steps.add(step);
            } else if (step.is("DequantizeLinear") && step.inputs().stream().allMatch(this::isTensor)) {
                initializers.put(step.output(), dequantized(step));
            } else if (!aliases.containsKey(step.output()) && doesNothing(step)) {
                pass(step);
            } else if (!aliases.containsKey(step.output())) {
                steps.add(step);
            }
        }

        private boolean isTensor(String name) {
            return name.isEmpty() || initializers.containsKey(name) || constants.containsKey(name);
        }

        private @Nullable OnnxTensor tensor(String name) {
            return constants.getOrDefault(name, initializers.get(name));
        }

        /** Weights in few bits, which are learnt as the floats that they stand for. */
        private OnnxTensor dequantized(Step step) throws BadFileException {
            List<Optional<Operand>> operands = step.inputs().stream()
                    .map(name -> Optional.ofNullable(tensor(name)).<Operand>map(Operand.Known::new))
                    .toList();
            try {
                Operand folded = Operators.lower(new Call(new GraphBuilder(), step.node(), model.opset(), operands))
                        .getFirst();
                return ((Operand.Known) folded).tensor();
            } catch (UnsupportedOperatorException e) {
                throw e.in(file);
            }
        }

        /** Two names of one initializer stay apart: exporters write equal weights of several layers once. */
        private void pass(Step step) {
            OnnxTensor initializer = initializers.get(step.input(0));
            if (initializer == null) {
                aliases.put(step.output(), step.input(0));
            } else {
                initializers.put(step.output(), initializer);
            }
        }

        private boolean doesNothing(Step step) {
            if (step.input(0).isEmpty()) {
                return false;
            }
            if (step.is("Dropout")) {
                OnnxTensor rate = tensor(step.input(1));
                return (step.real("ratio", 1) == 0 || rate != null && rate.elements() == 1 && rate.floats()[0] == 0);
            }
            if (step.is("Pad")) {
                OnnxTensor pads = tensor(step.input(1));
                return pads != null && LongStream.of(pads.wholes()).allMatch(amount -> amount == 0);
            }
            return step.is("Identity");
        }

        /** Pictures that come with their channels last and are turned at once may come turned. */
        private void takePicturesChannelsFirst(OnnxGraph graph) {
            for (Map.Entry<String, List<Long>> input : inputs.entrySet()) {
                List<OnnxNode> users = graph.nodes().stream()
                        .filter(node -> node.inputs().contains(input.getKey()))
                        .toList();
                boolean turned = input.getValue().size() == 4
                        && !users.isEmpty()
                        && users.stream().allMatch(Reading::isToChannelsFirst)
                        && graph.outputs().stream().noneMatch(out -> out.name().equals(input.getKey()));
                if (turned) {
                    List<Long> dims = input.getValue();
                    input.setValue(TO_CHANNELS_FIRST.stream()
                            .map(axis -> dims.get(Math.toIntExact(axis)))
                            .toList());
                    users.forEach(user -> aliases.put(user.outputs().getFirst(), input.getKey()));
                }
            }
        }

        private static boolean isToChannelsFirst(OnnxNode node) {
            return node.domain().isEmpty()
                    && node.opType().equals("Transpose")
                    && node.outputs().size() == 1
                    && node.attributes().get("perm") instanceof OnnxAttribute.Wholes(List<Long> order)
                    && Objects.equals(order, TO_CHANNELS_FIRST);
        }
    }
}
