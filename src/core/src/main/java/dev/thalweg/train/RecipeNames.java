package dev.thalweg.train;

import dev.thalweg.io.Registry;
import dev.thalweg.optim.Descent;
import dev.thalweg.optim.ParameterGroup;
import dev.thalweg.optim.Rule;
import dev.thalweg.optim.Schedule;
import dev.thalweg.text.StableName;
import java.util.ArrayList;
import java.util.List;

/**
 * What a recipe calls the parts of a training, by which it is known to be the same in another process: the names that
 * were registered for them, else what they say of themselves.
 */
final class RecipeNames {
    private RecipeNames() {}

    /** {@return what a part is called: a registered record with its settings, as others of its class have others} */
    static <T> String of(Class<T> family, T part) {
        String text = StableName.of(part);
        return Registry.nameOf(family, part)
                .map(name -> Registry.type(family, name).isPresent()
                        ? name + text.substring(Math.max(0, text.indexOf('[')))
                        : name)
                .orElse(text);
    }

    /** {@return the rules, the schedule and all settings around them} */
    static String of(Descent descent) {
        List<String> parts = new ArrayList<>();
        parts.add(of(Rule.class, descent.rule()));
        parts.add("schedule=" + of(Schedule.class, descent.schedule()));
        parts.add("clipping=" + descent.clipping());
        parts.add("regularization=" + descent.regularization());
        for (ParameterGroup group : descent.groups()) {
            parts.add("group=" + group.names() + " "
                    + group.rule().map(rule -> of(Rule.class, rule)).orElse("") + " " + group.rateFactor() + " "
                    + group.regularization().map(Object::toString).orElse(""));
        }
        parts.add("emaMomentum=" + descent.emaMomentum());
        parts.add("gradientAccumulationSteps=" + descent.gradientAccumulationSteps());
        parts.add("skipNonFinite=" + descent.skipNonFinite());
        return String.join(", ", parts);
    }

    /** {@return the name by which a checkpoint knows whose state it keeps} */
    static String of(Callback callback) {
        return Registry.nameOf(Callback.class, callback)
                .orElse(callback.getClass().getName());
    }
}
