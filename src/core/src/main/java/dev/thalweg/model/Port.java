package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.PrintableText;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Where something flows in or comes out.
 *
 * @param name unique among the inputs or the outputs; of an output, the name of the layer that yields it
 * @param shape of one example
 */
public record Port(String name, Shape shape) {
    /** Refuses null. */
    public Port {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(shape, "shape");
    }

    /** The name of what flows in where there is one input, and none was given. */
    static final String PICTURES = "pictures";

    /** Checks that each input has a name of its own, and that the outputs are results of calls. */
    static void check(List<Port> inputs, List<Integer> ends, int calls) {
        if (calls == 0) {
            throw new ShapeException("a network needs at least one layer");
        }
        if (inputs.isEmpty() || ends.isEmpty()) {
            throw new IllegalArgumentException(
                    "a network needs at least one input and one output, got " + inputs.size() + " and " + ends.size());
        }
        List<String> names = inputs.stream().map(Port::name).toList();
        if (Set.copyOf(names).size() < names.size()
                || !names.stream().allMatch(n -> PrintableText.isPrintable(n) && !n.isBlank())) {
            throw new IllegalArgumentException("each input of a network needs a name of its own, got "
                    + PrintableText.excerpt(names) + ": Flow.input(\"name\", ...) gives one");
        }
        int first = inputs.size();
        int last = inputs.size() + calls - 1;
        if (Set.copyOf(ends).size() < ends.size()
                || !ends.contains(last)
                || ends.stream().anyMatch(end -> end < first || end > last)) {
            throw new IllegalArgumentException("the outputs of a network must be results of its layers, each of"
                    + " another one, got " + PrintableText.excerpt(ends) + ", expected some of " + first + " to "
                    + last + ", the last one among them");
        }
    }

    /** {@return the shape where there is one} */
    static Shape only(String what, List<Port> ports) {
        if (ports.size() > 1) {
            throw new IllegalStateException("a network of one " + what + " is expected here, got one of " + ports.size()
                    + ": " + ports.stream().map(Port::name).toList());
        }
        return ports.getFirst().shape();
    }
}
