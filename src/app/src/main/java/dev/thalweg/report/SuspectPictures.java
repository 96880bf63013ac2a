package dev.thalweg.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;

import dev.thalweg.text.Counted;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Pictures that are likely of another class than they are said to be, of those that the model did not learn from.
 *
 * @param parts that were looked at
 * @param suspects the likeliest first
 */
record SuspectPictures(List<AskedPart> parts, List<Found> suspects) {
    private static final int SHOWN = 24;

    /**
     * A suspect picture.
     *
     * @param part it lies in
     * @param picture what is said of it; its index is in that part
     */
    record Found(AskedPart part, ConfidentLearning.Suspect picture) {
        String className(int label) {
            return part.pictures().classNames().get(label);
        }
    }

    /** Looks at all parts together: each class' threshold then comes of more pictures. */
    static SuspectPictures of(List<AskedPart> parts) {
        int[] labels = parts.stream()
                .flatMapToInt(part -> IntStream.range(0, part.pictures().size())
                        .map(i -> part.pictures().label(i)))
                .toArray();
        List<float[]> rows = parts.stream()
                .flatMap(part -> part.predictions().outputs().stream())
                .toList();
        List<Found> found = new ArrayList<>();
        for (ConfidentLearning.Suspect suspect : ConfidentLearning.suspects(labels, rows)) {
            int index = suspect.picture();
            int part = 0;
            while (index >= parts.get(part).pictures().size()) {
                index -= parts.get(part).pictures().size();
                part++;
            }
            found.add(new Found(
                    parts.get(part),
                    new ConfidentLearning.Suspect(index, suspect.given(), suspect.suggested(), suspect.margin())));
        }
        return new SuspectPictures(parts, List.copyOf(found));
    }

    List<DomContent> section() {
        String places = parts.stream().map(AskedPart::name).collect(Collectors.joining(" and "));
        int pictures = parts.stream().mapToInt(part -> part.pictures().size()).sum();
        List<DomContent> section = new ArrayList<>(List.of(
                h2("Pictures whose class is likely wrong"),
                p(Counted.of(suspects.size(), "picture") + " of the "
                        + String.format(Locale.ROOT, "%,d of %s", pictures, places)
                        + " may have been given a wrong class: the model is as sure of another as it is of that one's"
                        + " own pictures on the mean (confident learning, Northcutt et al., 2021), the surest first."
                        + " Look at them before you believe it: a model that is often wrong suspects many rightly"
                        + " named pictures."),
                p("Training pictures are not judged: the model has learnt what class they were given. What cross-"
                        + "validation says of them, by models that have not, can be judged so.")));
        if (!suspects.isEmpty()) {
            section.add(div(each(suspects.stream().limit(SHOWN).toList(), SuspectPictures::figureOf))
                    .withId("suspects"));
        }
        return section;
    }

    private static DomContent figureOf(Found found) {
        AskedPart part = found.part();
        int index = found.picture().picture();
        float[] row = part.predictions().outputs().get(index);
        return figure(
                HtmlReport.image(PictureFiles.image(part.pictures(), index)),
                figcaption(String.format(
                        Locale.ROOT,
                        "given %s (%.1f %%), likely %s (%.1f %%); %s, %s",
                        found.className(found.picture().given()),
                        100 * row[found.picture().given()],
                        found.className(found.picture().suggested()),
                        100 * row[found.picture().suggested()],
                        part.name(),
                        AskedPart.name(part.pictures(), index))));
    }
}
