package dev.thalweg.interop.keras;

import dev.thalweg.interop.keras.Source.Weight;
import dev.thalweg.io.BadFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a {@code .h5} file: a group for each layer of the outermost model, which lists the names of its
 * weights, of models within it too: {@code block1_conv1/kernel:0} of Keras 2, {@code model/block1_conv1/kernel} of
 * Keras 3.
 */
final class LegacyWeights implements WeightStore {
    private static final String ROOT = "model_weights/";
    /** What layers keep besides what they compute with. */
    private static final Set<String> IGNORED = Set.of("count", "seed_generator_state");

    private final Hdf5File hdf5;
    private final Map<String, List<String>> listed = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    LegacyWeights(Hdf5File hdf5) {
        this.hdf5 = hdf5;
    }

    @Override
    public Hdf5File hdf5() {
        return hdf5;
    }

    private static String group(LayerConfig layer) {
        return ROOT + layer.names().getFirst();
    }

    /** {@return the names of a layer's own weights} */
    private List<String> names(LayerConfig layer) throws BadFileException {
        String group = group(layer);
        List<String> all = listed.get(group);
        if (all == null) {
            all = hdf5.texts(group, "weight_names");
            listed.put(group, all);
        }
        List<String> inner = layer.names().subList(1, layer.names().size());
        return all.stream()
                .filter(name -> isWithin(List.of(name.split("/", -1)), inner))
                .toList();
    }

    /** {@return whether a path goes through layers within each other} */
    private static boolean isWithin(List<String> path, List<String> layers) {
        int found = 0;
        for (String part : path) {
            found += found < layers.size() && part.equals(layers.get(found)) ? 1 : 0;
        }
        return found == layers.size();
    }

    @Override
    public String path(LayerConfig layer, Weight weight) throws BadFileException {
        List<String> found = names(layer).stream()
                .filter(name -> weight.names().contains(WeightStore.last(List.of(name.split("/", -1)))))
                .toList();
        if (found.size() > 1) {
            found = found.stream()
                    .filter(name -> List.of(name.split("/", -1)).contains(weight.part()))
                    .toList();
        }
        if (found.size() != 1) {
            throw layer.settings()
                    .problem("expected one weight " + weight.names().getFirst() + " in " + group(layer) + ", got "
                            + found + " of " + names(layer));
        }
        String path = group(layer) + "/" + found.getFirst();
        taken.add(path);
        return path;
    }

    @Override
    public void checkAllTaken(LayerConfig layer) throws BadFileException {
        for (String name : names(layer)) {
            if (!taken.contains(group(layer) + "/" + name)
                    && !IGNORED.contains(WeightStore.last(List.of(name.split("/", -1))))) {
                throw layer.settings().problem("has a weight " + name + " that is not known here");
            }
        }
    }
}
