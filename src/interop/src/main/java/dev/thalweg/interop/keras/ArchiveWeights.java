package dev.thalweg.interop.keras;

import dev.thalweg.interop.keras.Source.Weight;
import dev.thalweg.io.BadFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a {@code .keras} file: {@code layers/conv2d_1/vars/0} is the first weight of the second layer of a
 * class, {@code layers/lstm/cell/vars/0} that of its cell. TensorFlow's Keras 2.13 has another name for {@code layers}.
 */
final class ArchiveWeights implements WeightStore {
    private static final String LAYERS = "layers";
    private static final String OLDER_LAYERS = "_layer_checkpoint_dependencies";

    /** The names of the objects that hold the weights of parts of a layer. */
    private static final Map<String, List<String>> PARTS = Map.of(
            "", List.of(""),
            "cell", List.of("cell/"),
            "query", List.of("query_dense/", "_query_dense/"),
            "key", List.of("key_dense/", "_key_dense/"),
            "value", List.of("value_dense/", "_value_dense/"),
            "attention_output", List.of("output_dense/", "_output_dense/"));

    private final Hdf5File hdf5;
    private final boolean older;
    private final Set<String> taken = new HashSet<>();

    ArchiveWeights(Hdf5File hdf5) throws BadFileException {
        this.hdf5 = hdf5;
        this.older = hdf5.has(OLDER_LAYERS);
    }

    @Override
    public Hdf5File hdf5() {
        return hdf5;
    }

    private String place(LayerConfig layer) {
        return older ? layer.place().replace(LAYERS, OLDER_LAYERS) : layer.place();
    }

    @Override
    public String path(LayerConfig layer, Weight weight) throws BadFileException {
        for (String part : PARTS.getOrDefault(weight.part(), List.of())) {
            String path = place(layer) + "/" + part + "vars/" + weight.index();
            if (hdf5.has(path)) {
                taken.add(path);
                return path;
            }
        }
        throw layer.settings()
                .problem("expected weight " + weight.index() + " ("
                        + weight.names().getFirst() + ") in " + place(layer) + ", which has "
                        + hdf5.members(place(layer) + "/vars"));
    }

    @Override
    public void checkAllTaken(LayerConfig layer) throws BadFileException {
        String group = place(layer) + "/vars";
        for (String name : hdf5.members(group)) {
            // A Normalization counts what it has seen.
            if (!taken.contains(group + "/" + name) && !layer.settings().type().equals("Normalization")) {
                throw layer.settings().problem("has a weight " + name + " that is not known here");
            }
        }
    }
}
