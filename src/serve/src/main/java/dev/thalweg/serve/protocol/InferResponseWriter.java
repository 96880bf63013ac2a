package dev.thalweg.serve.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/** Writes an answer: JSON, and after it the bytes of the tensors that are wanted so. */
public final class InferResponseWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private InferResponseWriter() {}

    /**
     * An answer's body.
     *
     * @param bytes of it
     * @param jsonLength how many of them are JSON, if others come after it
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Body(byte[] bytes, OptionalInt jsonLength) {}

    /**
     * {@return an answer as it is sent}
     *
     * @param response what is answered
     */
    public static Body write(InferResponse response) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(body)) {
            writeJson(response, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int length = body.size();
        for (OutputTensor output : response.outputs()) {
            if (output.binary()) {
                output.rows().forEach(row -> body.writeBytes(bytes(row)));
            }
        }
        boolean binary = response.outputs().stream().anyMatch(OutputTensor::binary);
        return new Body(body.toByteArray(), binary ? OptionalInt.of(length) : OptionalInt.empty());
    }

    private static void writeJson(InferResponse response, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("model_name", response.model());
        json.writeStringField("model_version", response.version());
        if (response.id().isPresent()) {
            json.writeStringField("id", response.id().get());
        }
        json.writeArrayFieldStart("outputs");
        for (OutputTensor output : response.outputs()) {
            writeOutput(output, json);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeOutput(OutputTensor output, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", output.name());
        json.writeStringField("datatype", TensorType.FP32.name());
        json.writeArrayFieldStart("shape");
        for (int extent : output.shape()) {
            json.writeNumber(extent);
        }
        json.writeEndArray();
        if (output.binary()) {
            json.writeObjectFieldStart("parameters");
            json.writeNumberField(
                    "binary_data_size",
                    output.rows().stream().mapToLong(row -> row.length).sum() * Float.BYTES);
            json.writeEndObject();
        } else {
            json.writeArrayFieldStart("data");
            for (float[] row : output.rows()) {
                for (float number : row) {
                    json.writeNumber(number);
                }
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static byte[] bytes(float[] row) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(row.length, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(row);
        return bytes.array();
    }
}
