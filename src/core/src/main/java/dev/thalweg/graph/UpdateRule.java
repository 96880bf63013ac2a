package dev.thalweg.graph;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.UpdateProgram;
import java.util.List;

/**
 * How gradient descent moves parameters. A rule says once what becomes of an element, and treats every element alike, so
 * a backend may apply it in any layout, in pieces and on any device; of a parameter as a whole it may know norms.
 */
public interface UpdateRule {
    /**
     * {@return what becomes of an element in one update, in order}
     */
    List<Assignment> assignments();

    /**
     * {@return by what the learning rate is multiplied before the rule sees it}
     */
    default double rateFactor() {
        return 1;
    }

    /**
     * {@return how many numbers the rule remembers for each element; they start at zero}
     */
    default int slots() {
        return UpdateProgram.slots(assignments());
    }
}
