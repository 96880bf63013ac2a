package dev.thalweg.interop.keras;

import dev.thalweg.interop.keras.Source.Weight;
import dev.thalweg.io.BadFileException;
import java.util.List;

/** Where the weights of a model lie in its file. */
interface WeightStore {
    /**
     * {@return the path of a weight in the HDF5 file}
     *
     * @param layer whose
     * @param weight which
     * @throws BadFileException if there is none
     */
    String path(LayerConfig layer, Weight weight) throws BadFileException;

    /** {@return the HDF5 file} */
    Hdf5File hdf5();

    /**
     * Checks that a layer has no weights but those that were asked for: others would mean that it does something that
     * is not known here.
     */
    void checkAllTaken(LayerConfig layer) throws BadFileException;

    /** {@return the numbers of a weight as they are in the file} */
    default float[] values(LayerConfig layer, Weight weight) throws BadFileException {
        Hdf5Array array = hdf5().array(path(layer, weight));
        if (!array.dims().equals(weight.dims())) {
            throw layer.settings()
                    .problem("its weight " + weight.names().getFirst() + " has the extents " + array.dims()
                            + ", expected " + weight.dims());
        }
        return hdf5().values(array);
    }

    /** {@return the last part of a path} */
    static String last(List<String> parts) {
        String last = parts.getLast();
        return last.endsWith(":0") ? last.substring(0, last.length() - 2) : last;
    }
}
