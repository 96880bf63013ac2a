package dev.thalweg.spark;

import java.io.IOException;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Asks a model about the pictures in the last column of a partition's rows.
 *
 * @param model which
 * @param columns for its answers
 * @param skipsBad whether a row without a picture that can be read gets no answer, instead of an end to all
 */
record Answering(Broadcast<SentModel> model, AnswerColumns columns, boolean skipsBad)
        implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) throws IOException {
        FrozenModel lease = FrozenModel.lease(model.value());
        TaskCompletionListener end = _ -> lease.close();
        TaskContext.get().addTaskCompletionListener(end);
        return new Answers(rows, lease.inference(), columns, skipsBad);
    }
}
