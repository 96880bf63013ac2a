package dev.thalweg.report;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.inference.Predictions;
import dev.thalweg.metric.Metric;
import j2html.tags.DomContent;
import java.util.List;

/** What a test came to, told as its targets want it. */
interface TestResults {
    /** The probability above which a label is given. */
    double THRESHOLD = 0.5;

    static TestResults of(ImageDataset test, Predictions predictions) {
        return switch (test.targets().kind()) {
            case CLASSES -> ClassResults.of(test, predictions);
            case MULTI_LABEL -> LabelResults.of(test, predictions);
            case REGRESSION -> NumberResults.of(test, predictions);
        };
    }

    /** Shows a metric all pictures. */
    static <M extends Metric> M measured(M metric, ImageDataset test, Predictions predictions) {
        metric.reset();
        for (int i = 0; i < test.size(); i++) {
            metric.update(predictions.outputs().get(i).clone(), test.targets().row(i));
        }
        return metric;
    }

    /**
     * The rest of a sentence that begins with the number of epochs.
     *
     * @param which pictures these are, such as {@code test}
     */
    String outcome(String which);

    /** Headings, tables and charts. */
    List<DomContent> figures();
}
