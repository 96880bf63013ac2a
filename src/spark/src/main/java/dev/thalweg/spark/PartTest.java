package dev.thalweg.spark;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.memory.Scope;
import dev.thalweg.metric.Metric;
import dev.thalweg.train.Tested;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;

/**
 * Tests a model on a part of the pictures.
 *
 * @param model which
 * @param keepsAnswers whether each answer is wanted
 */
record PartTest(Sent<SentModel> model, boolean keepsAnswers) implements PartWork<TestedPart> {
    private static final long serialVersionUID = 1;

    @Override
    public TestedPart of(PictureIndex part, Configuration configuration) throws IOException {
        try (Scope scope = new Scope()) {
            Model tested = scope.own(model.value().open(TaskContext.get().cpus()));
            ImageDataset data = scope.own(new HadoopPictures(part, configuration).open());
            Keeping keeping = new Keeping(new ArrayList<>());
            Tested result = keepsAnswers ? tested.test(data, keeping) : tested.test(data);
            LinkedHashMap<String, Double> means = new LinkedHashMap<>();
            means.put(TestedPart.LOSS, result.evaluation().loss());
            means.putAll(result.evaluation().metrics());
            means.remove(keeping.name());
            return new TestedPart(data.size(), means, result.predictions().yielded(), keeping.answers());
        }
    }

    /** Sees what a metric sees, and keeps it for metrics that look at all parts together. */
    private record Keeping(ArrayList<TestedPart.Answer> answers) implements Metric {
        @Override
        public String name() {
            return "kept";
        }

        @Override
        public boolean greaterIsBetter() {
            return true;
        }

        @Override
        public void reset() {
            answers.clear();
        }

        @Override
        public void update(float[] outputs, float[] targets) {
            answers.add(new TestedPart.Answer(outputs.clone(), targets.clone()));
        }

        @Override
        public double value() {
            return answers.size();
        }
    }
}
