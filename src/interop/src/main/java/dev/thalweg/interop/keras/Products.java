package dev.thalweg.interop.keras;

import dev.thalweg.interop.keras.Source.Constant;
import dev.thalweg.interop.keras.Source.GruBias;
import dev.thalweg.interop.keras.Source.Joined;
import dev.thalweg.interop.keras.Source.Weight;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.GRU;
import dev.thalweg.model.Initializer;
import dev.thalweg.model.LSTM;
import dev.thalweg.model.Layer;
import dev.thalweg.model.MultiHeadAttention;
import dev.thalweg.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Layers that multiply by matrices. Keras' are {@code [in, out]}, ours {@code [out, in]} but in recurrent layers. */
final class Products {
    private Products() {}

    static Flowing dense(Site site) throws BadFileException {
        Settings settings = site.settings();
        Flowing from = site.raw();
        int units = settings.integer("units", 0);
        boolean useBias = settings.flag("use_bias", true);
        Activation activation = Activations.of(settings);
        Map<String, Source> sources = new HashMap<>();
        if (useBias) {
            sources.put("bias", Source.of(new Weight("bias", 1, units)));
        }
        Layer layer = new Dense(units, activation, useBias, Initializer.GLOROT_UNIFORM);
        if (from.isPicture()) {
            if (site.channelsFirst()) {
                throw settings.problem("acts on the rows of channels_first pictures: put Flatten before it");
            }
            // Of the channels of each pixel.
            sources.put(
                    "kernel",
                    Source.of(new Weight("kernel", 0, from.dim(0), units)
                            .view(1, 1, from.dim(0), units)
                            .axes(3, 2, 0, 1)));
            layer = new Conv2D(units, 1, activation).useBias(useBias);
        } else {
            int inputs = from.dim(from.shape().rank() - 1);
            Weight kernel = new Weight("kernel", 0, inputs, units);
            Shape pictures = from.flattened();
            sources.put(
                    "kernel",
                    Source.of(
                            pictures == null
                                    ? kernel.axes(1, 0)
                                    : kernel.view(pictures.dim(1), pictures.dim(2), pictures.dim(0), units)
                                            .axes(3, 2, 0, 1)));
        }
        return Activations.after(site, site.then(from, layer, sources));
    }

    static Flowing lstm(Site site) throws BadFileException {
        return recurrent(site, 4, LSTM::new, bias -> Source.of(bias));
    }

    static Flowing gru(Site site) throws BadFileException {
        if (!site.settings().flag("reset_after", true)) {
            throw site.settings().problem("reset_after is false, expected true");
        }
        return recurrent(site, 3, GRU::new, bias -> {
            int columns = bias.dims().getFirst();
            return new GruBias(new Weight("bias", bias.index(), 2, columns).of(bias.part()));
        });
    }

    /** Makes a cell of its units, and whether all of its states come out. */
    private interface Cell {
        Layer of(int units, boolean returnSequences);
    }

    private static Flowing recurrent(Site site, int gates, Cell cell, Function<Weight, Source> bias)
            throws BadFileException {
        Settings settings = site.settings();
        settings.only("activation", "tanh");
        settings.only("recurrent_activation", "sigmoid");
        for (String setting : List.of("go_backwards", "stateful", "return_state", "time_major")) {
            settings.none(setting);
        }
        Flowing from = site.input();
        if (from.shape().rank() != 2) {
            throw settings.problem("takes sequences, got " + from.shape() + " of each example");
        }
        int units = settings.integer("units", 0);
        int columns = Math.multiplyExact(gates, units);
        Map<String, Source> sources = Map.of(
                "kernel", Source.of(new Weight("kernel", 0, from.dim(1), columns).of("cell")),
                "recurrent_kernel", Source.of(new Weight("recurrent_kernel", 1, units, columns).of("cell")),
                "bias",
                        settings.flag("use_bias", true)
                                ? bias.apply(new Weight("bias", 2, columns).of("cell"))
                                : new Constant(0, 4L * units));
        return site.then(from, cell.of(units, settings.flag("return_sequences", false)), sources);
    }

    static Flowing attention(Site site) throws BadFileException {
        Settings settings = site.settings();
        Flowing from = site.inputs().getFirst();
        if (site.inputs().stream().anyMatch(input -> !input.equals(from))
                || site.inputs().size() < 2) {
            throw settings.problem("expected query, value and key to be the same");
        }
        settings.none("output_shape");
        settings.none("attention_axes");
        int heads = settings.integer("num_heads", 1);
        int width = settings.integer("key_dim", 1);
        int units = from.dim(from.shape().rank() - 1);
        if (from.shape().rank() != 2
                || Math.multiplyExact(heads, width) != units
                || settings.integer("value_dim", width) != width) {
            throw settings.problem("expected tokens of num_heads · key_dim numbers, and value_dim as key_dim, got "
                    + from.shape() + ", " + heads + " heads, key_dim " + width);
        }
        List<String> parts = List.of("query", "key", "value");
        boolean useBias = settings.flag("use_bias", true);
        Map<String, Source> sources = Map.of(
                "qkv.kernel",
                new Joined(parts.stream()
                        .map(part -> new Weight("kernel", 0, units, heads, width)
                                .of(part)
                                .axes(1, 2, 0))
                        .toList()),
                "qkv.bias",
                useBias
                        ? new Joined(parts.stream()
                                .map(part -> new Weight("bias", 1, heads, width).of(part))
                                .toList())
                        : new Constant(0, 3L * units),
                "projection.kernel",
                Source.of(new Weight("kernel", 0, heads, width, units)
                        .of("attention_output")
                        .axes(2, 0, 1)),
                "projection.bias",
                useBias ? Source.of(new Weight("bias", 1, units).of("attention_output")) : new Constant(0, units));
        return site.then(from, new MultiHeadAttention(heads), sources);
    }
}
