package dev.thalweg.spark;

import java.io.Serializable;
import java.util.List;

/** What a task has made of a row. */
sealed interface StagedRow extends Serializable permits StagedPicture, StagedRow.Refused {
    /**
     * A row that is no picture with targets. It is told, not thrown, for Spark would try again what fails again.
     *
     * @param why in words
     */
    record Refused(String why) implements StagedRow {}

    /** {@return those of which {@link Staging} tells} */
    @SuppressWarnings("unchecked")
    static List<StagedRow> read(List<byte[]> answers) {
        return answers.stream()
                .flatMap(bytes -> ((List<StagedRow>) JavaBytes.read(bytes)).stream())
                .toList();
    }
}
