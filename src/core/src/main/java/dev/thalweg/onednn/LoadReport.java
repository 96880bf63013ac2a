package dev.thalweg.onednn;

import java.nio.file.Path;
import java.util.List;

/**
 * What became of loading oneDNN.
 *
 * @param loaded whether it can be used
 * @param version oneDNN's version and build, empty where it is not loaded
 * @param libraries the files loaded, in order
 * @param origin where they came from: a setting, or the native jar
 * @param problem why it is not loaded, empty where it is
 */
public record LoadReport(boolean loaded, String version, List<Path> libraries, String origin, String problem) {
    static LoadReport failed(String origin, String problem) {
        return new LoadReport(false, "", List.of(), origin, problem);
    }

    /** {@return one line for people} */
    @Override
    public String toString() {
        return loaded
                ? "oneDNN " + version + " from " + libraries + " (" + origin + ")"
                : "oneDNN is not loaded: " + problem;
    }
}
