package dev.thalweg.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;
import static j2html.TagCreator.table;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.tr;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Partition;
import dev.thalweg.text.Counted;
import dev.thalweg.train.History;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which pictures were learnt from, which were chosen by, which were looked at once in the end, and how they were
 * parted.
 *
 * @param pictures in their parts
 * @param history of the training
 */
record ComparedParts(DataSplit pictures, History history) {
    /**
     * A part and what it is for.
     *
     * @param name of it
     * @param size how many pictures it has
     * @param role what it is for
     */
    record Part(String name, int size, String role) {}

    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(
                "training",
                pictures.train().size(),
                "learnt from, in " + Counted.of(history.epochs().size(), "epoch")));
        pictures.validation()
                .ifPresent(part -> parts.add(new Part(
                        "validation",
                        part.size(),
                        "not learnt from; looked at after each epoch, to choose by: when to stop, which epoch is best,"
                                + " when to lower the rate, where that was asked for")));
        parts.add(new Part(
                "test",
                pictures.test().size(),
                "neither learnt from nor chosen by; looked at once, in the end, with the model that was left"));
        return List.copyOf(parts);
    }

    /** How the parts came about. */
    String partition() {
        return Optional.ofNullable(pictures.train().provenance().partition())
                .map(ComparedParts::told)
                .orElse("The data came in parts; what was set aside to validate with was drawn from those to learn"
                        + " from, by the seed under Origin.");
    }

    private static String told(Partition partition) {
        String test = partition.testShare() > 0
                ? drawn(partition.testShare(), "the pictures of each class was drawn for the test")
                : "The test pictures are a folder of their own";
        String validation = partition.validationShare() > 0
                ? "; of the others " + drawn(partition.validationShare(), "each class to validate with")
                : "";
        return test + validation + "; seed " + partition.seed() + ".";
    }

    private static String drawn(double share, String what) {
        return String.format(Locale.ROOT, "%.4g %% of ", 100 * share) + what;
    }

    List<DomContent> section() {
        return List.of(
                h2("What was compared with what"),
                table(
                                tr(th("part"), th("pictures"), th("what for").withStyle("text-align:left")),
                                each(
                                        parts(),
                                        part -> tr(
                                                th(part.name()),
                                                td(String.format(Locale.ROOT, "%,d", part.size())),
                                                td(part.role()).withStyle("text-align:left"))))
                        .withId("parts"),
                p(partition()));
    }
}
