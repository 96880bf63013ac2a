package dev.thalweg.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.files.AtomicFile;
import dev.thalweg.train.Evaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a report tells, for programs: a file of JSON beside it.
 *
 * @param parts what was compared with what
 * @param test of the model that was left
 * @param calibration of it; empty where it gives no probabilities of classes
 * @param suspects pictures whose class is likely wrong; empty there too
 * @param duplicates what stands in two parts
 */
record ResultsFile(
        ComparedParts parts,
        Evaluation test,
        Optional<Calibration> calibration,
        Optional<SuspectPictures> suspects,
        DuplicatePictures duplicates) {
    private static final String NAME = "results.json";
    private static final JsonMapper MAPPER = new JsonMapper();

    /** Writes it beside a report. */
    void writeBeside(Path report) throws IOException {
        byte[] json = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree());
        AtomicFile.write(report.resolveSibling(NAME), out -> out.write(json));
    }

    private ObjectNode tree() {
        ObjectNode tree = MAPPER.createObjectNode();
        tree.put("epochs", parts.history().epochs().size());
        tree.put("partition", parts.partition());
        ArrayNode told = tree.putArray("parts");
        parts.parts()
                .forEach(part -> told.addObject()
                        .put("name", part.name())
                        .put("pictures", part.size())
                        .put("role", part.role()));
        ObjectNode tested = tree.putObject("test");
        put(tested, "loss", test.loss());
        test.metrics().forEach((name, value) -> put(tested, name, value));
        calibration.ifPresent(found -> add(tree.putObject("calibration"), found));
        suspects.ifPresent(found -> add(tree.putArray("likely_wrong_classes"), found));
        ArrayNode compared = tree.putArray("near_duplicates");
        duplicates.comparisons().forEach(comparison -> add(compared.addObject(), comparison));
        return tree;
    }

    /** JSON has no word for what is not finite. */
    private static void put(ObjectNode node, String name, double value) {
        node.put(name, Double.isFinite(value) ? (Double) value : null);
    }

    private static void add(ObjectNode node, Calibration calibration) {
        put(node, "expected_calibration_error", calibration.error().value());
        put(node, "overconfidence", calibration.overconfidence());
        ArrayNode bins = node.putArray("bins");
        for (int bin = 0; bin < calibration.error().bins(); bin++) {
            ObjectNode told =
                    bins.addObject().put("pictures", calibration.error().pictures(bin));
            put(told, "confidence", calibration.error().confidence(bin));
            put(told, "accuracy", calibration.error().accuracy(bin));
        }
    }

    private static void add(ArrayNode node, SuspectPictures suspects) {
        for (SuspectPictures.Found found : suspects.suspects()) {
            ObjectNode told = node.addObject().put("part", found.part().name());
            add(told, "", found.part().pictures(), found.picture().picture());
            told.put("given", found.className(found.picture().given()))
                    .put("suggested", found.className(found.picture().suggested()))
                    .put("margin", found.picture().margin());
        }
    }

    private static void add(ObjectNode node, DuplicatePictures.Comparison comparison) {
        node.put("known", comparison.known()).put("found", comparison.found());
        ArrayNode pairs = node.putArray("pairs");
        for (NearDuplicates.Pair pair : comparison.duplicates().pairs()) {
            ObjectNode told = pairs.addObject();
            add(told, "known_", comparison.knownPictures(), pair.known());
            add(told, "found_", comparison.foundPictures(), pair.found());
            told.put("correlation", pair.likeness());
        }
    }

    private static void add(ObjectNode node, String prefix, ImageDataset pictures, int picture) {
        node.put(prefix + "picture", picture);
        pictures.file(picture).ifPresent(file -> node.put(prefix + "file", file));
    }
}
