package dev.thalweg.spark;

import java.io.Serializable;
import java.util.List;

/**
 * A picture that lies in a file with others.
 *
 * @param path of the file
 * @param from where it begins there
 * @param length in bytes
 * @param name what it is called
 * @param label its class
 */
record StagedPicture(String path, long from, int length, String name, String label) implements Serializable {
    /** {@return those of which {@link Staging} tells} */
    @SuppressWarnings("unchecked")
    static List<StagedPicture> read(List<byte[]> answers) {
        return answers.stream()
                .flatMap(bytes -> ((List<StagedPicture>) JavaBytes.read(bytes)).stream())
                .toList();
    }
}
