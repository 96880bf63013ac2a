package dev.thalweg.interop.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LeakyReLU;
import java.util.Map;
import java.util.TreeSet;

/** Activations, as layers of their own and as settings of others. */
final class Activations {
    private static final String LEAKY = "leaky_relu";
    /** That of Keras 3's function and of TensorFlow's; the layer's own is 0.3. */
    private static final double LEAKY_SLOPE = 0.2;

    private static final double SIX = 6;

    private static final Map<String, Activation> BY_NAME = Map.ofEntries(
            Map.entry("linear", Activation.LINEAR),
            Map.entry("relu", Activation.RELU),
            Map.entry("relu6", Activation.RELU6),
            Map.entry("elu", Activation.ELU),
            Map.entry("sigmoid", Activation.SIGMOID),
            Map.entry("tanh", Activation.TANH),
            Map.entry("gelu", Activation.GELU),
            Map.entry("swish", Activation.SWISH),
            Map.entry("silu", Activation.SWISH),
            Map.entry("hard_swish", Activation.HARD_SWISH),
            Map.entry("hard_silu", Activation.HARD_SWISH),
            Map.entry("softmax", Activation.SOFTMAX),
            Map.entry("log_softmax", Activation.LOG_SOFTMAX));

    private Activations() {}

    /** {@return what a setting names; a slope for negative numbers is left to {@link #after}} */
    static Activation of(Settings settings) throws BadFileException {
        String name = name(settings);
        Activation activation = name.equals(LEAKY) ? Activation.LINEAR : BY_NAME.get(name);
        if (activation == null) {
            throw settings.problem("its activation is \"" + name + "\", expected one of "
                    + new TreeSet<>(BY_NAME.keySet()) + " or " + LEAKY);
        }
        return activation;
    }

    private static String name(Settings settings) throws BadFileException {
        // Keras 3 describes a function as it describes a layer.
        JsonNode activation = settings.config().path("activation");
        return activation.isObject() ? activation.path("config").asText() : settings.text("activation", "linear");
    }

    /** {@return the result after what {@link #of} left} */
    static Flowing after(Site site, Flowing result) throws BadFileException {
        return name(site.settings()).equals(LEAKY)
                ? site.each("_activation", result, new LeakyReLU(LEAKY_SLOPE))
                : result;
    }

    /** The layer {@code Activation}. */
    static Flowing activation(Site site) throws BadFileException {
        Activation activation = of(site.settings());
        return switch (activation) {
            case LINEAR -> after(site, site.raw());
            case SOFTMAX, LOG_SOFTMAX -> along(site, -1, activation);
            default -> site.each("", site.raw(), new ActivationLayer(activation));
        };
    }

    /** The layer {@code Softmax}. */
    static Flowing softmax(Site site) throws BadFileException {
        return along(site, site.settings().integer("axis", -1), Activation.SOFTMAX);
    }

    private static Flowing along(Site site, int axis, Activation softmax) throws BadFileException {
        Flowing from = site.raw();
        if (from.flattened() != null) {
            return site.each("", from, new ActivationLayer(softmax));
        }
        return site.along(from, site.axis(from, axis), 1, new ActivationLayer(softmax), Map.of());
    }

    /** The layer {@code ReLU}. */
    static Flowing relu(Site site) throws BadFileException {
        Settings settings = site.settings();
        settings.only("threshold", 0);
        double slope = settings.number("negative_slope", 0);
        double most = settings.number("max_value", Double.POSITIVE_INFINITY);
        Layer layer;
        if (most == Double.POSITIVE_INFINITY) {
            layer = slope == 0 ? new ActivationLayer(Activation.RELU) : new LeakyReLU(slope);
        } else if (most == SIX && slope == 0) {
            layer = new ActivationLayer(Activation.RELU6);
        } else {
            throw settings.problem("max_value is " + most + ", expected none, or 6 without a negative_slope");
        }
        return site.each("", site.raw(), layer);
    }

    /** The layer {@code LeakyReLU}: its slope is {@code alpha} in Keras 2. */
    static Flowing leakyRelu(Site site) throws BadFileException {
        Settings settings = site.settings();
        double slope = settings.number("negative_slope", settings.number("alpha", 0.3));
        return site.each("", site.raw(), new LeakyReLU(slope));
    }

    /** The layer {@code ELU}. */
    static Flowing elu(Site site) throws BadFileException {
        site.settings().only("alpha", 1);
        return site.each("", site.raw(), new ActivationLayer(Activation.ELU));
    }
}
