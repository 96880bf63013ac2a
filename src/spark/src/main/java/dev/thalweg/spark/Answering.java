package dev.thalweg.spark;

import dev.thalweg.inference.Inference;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.util.Iterator;
import java.util.UUID;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Asks a model about the pictures in the last column of a partition's rows, by as many threads as the task has cores.
 *
 * @param id tells the model from others
 * @param model which
 * @param columns for its answers
 * @param skipsBad whether a row without a picture that can be read gets no answer, instead of an end to all
 */
record Answering(UUID id, Sent<SentModel> model, AnswerColumns columns, boolean skipsBad)
        implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) throws IOException {
        TaskContext task = TaskContext.get();
        try (Scope opening = new Scope()) {
            Inference inference = opening.own(FrozenModel.lease(id, model)).value();
            Answers answers =
                    opening.own(new Answers(rows, inference, columns, skipsBad, task.partitionId(), task.cpus()));
            Scope open = opening.handOver();
            TaskCompletionListener end = _ -> open.close();
            task.addTaskCompletionListener(end);
            return answers;
        }
    }
}
