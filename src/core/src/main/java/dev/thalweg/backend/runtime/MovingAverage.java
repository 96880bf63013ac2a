package dev.thalweg.backend.runtime;

import dev.thalweg.graph.Track;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.UpdateRule;
import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import java.util.List;

/** {@link Track} as an update rule, whose "gradient" is the value that is averaged. */
record MovingAverage(float kept) implements UpdateRule {
    static Update of(Track track) {
        return new Update(new MovingAverage((float) track.momentum()));
    }

    @Override
    public List<Assignment> assignments() {
        return List.of(Expression.PARAMETER.becomes(
                Expression.PARAMETER.times(kept).plus(Expression.GRADIENT.times(1 - kept))));
    }
}
