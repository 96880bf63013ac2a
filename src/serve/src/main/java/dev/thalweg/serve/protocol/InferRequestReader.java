package dev.thalweg.serve.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.thalweg.serve.protocol.InferRequest.WantedOutput;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request: JSON, or JSON and after it the bytes of tensors, one after the other. It takes memory in proportion
 * to the body, whatever that says.
 */
public final class InferRequestReader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNumberLength(100)
                    .maxStringLength(4096)
                    .maxNameLength(256)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names are the client's: a table of all that ever came would only grow, and be slow to look into.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private static final int MOST = 64;

    private final JsonParser parser;
    private Optional<String> id = Optional.empty();
    private boolean binaryOutputs;
    private Optional<Duration> timeout = Optional.empty();
    private final List<PartialInput> inputs = new ArrayList<>();
    private final List<WantedOutput> outputs = new ArrayList<>();

    private InferRequestReader(JsonParser parser) {
        this.parser = parser;
    }

    /** An input of which some is read: its members come in any order. */
    private static final class PartialInput {
        private @Nullable String name;
        private @Nullable String type;
        private @Nullable List<Long> shape;
        private @Nullable NumberList numbers;
        private Optional<Long> binarySize = Optional.empty();
    }

    /**
     * Reads a request.
     *
     * @param body of it
     * @param jsonLength how many bytes of it are JSON; all if it is not said
     * @return what is asked
     * @throws ProtocolException if it cannot be meant
     */
    public static InferRequest read(byte[] body, OptionalInt jsonLength) throws ProtocolException {
        int length = jsonLength.orElse(body.length);
        if (length < 0 || length > body.length) {
            throw new ProtocolException("expected a JSON header within the body of " + body.length
                    + " bytes, got one of " + length + " bytes");
        }
        try (JsonParser parser = JSON.createParser(body, 0, length)) {
            InferRequestReader reader = new InferRequestReader(parser);
            reader.readRequest();
            return reader.request(ByteBuffer.wrap(body, length, body.length - length));
        } catch (JsonProcessingException e) {
            throw new ProtocolException(
                    "the body is no JSON that can be read: " + PrintableText.excerpt(e.getOriginalMessage()), e);
        } catch (ArithmeticException e) {
            throw new ProtocolException("expected fewer numbers", e);
        } catch (IOException e) {
            throw new ProtocolException("the body cannot be read", e);
        }
    }

    private void readRequest() throws IOException, ProtocolException {
        expect(parser.nextToken(), JsonToken.START_OBJECT, "a request as a JSON object");
        for (String member = parser.nextFieldName(); member != null; member = parser.nextFieldName()) {
            parser.nextToken();
            switch (member) {
                case "id" -> id = Optional.of(text("the id"));
                case "parameters" -> {
                    Parameters parameters = Parameters.read(parser);
                    binaryOutputs = parameters.flag("binary_data_output").orElse(false);
                    // In microseconds; 0 is the server's own.
                    timeout = parameters
                            .number("timeout")
                            .filter(time -> time > 0)
                            .map(time -> Duration.of(time, ChronoUnit.MICROS));
                }
                case "inputs" -> {
                    expect(parser.currentToken(), JsonToken.START_ARRAY, "the inputs as a list");
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        checkCount("inputs", inputs.size());
                        inputs.add(input());
                    }
                }
                case "outputs" -> {
                    expect(parser.currentToken(), JsonToken.START_ARRAY, "the outputs as a list");
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        checkCount("outputs", outputs.size());
                        outputs.add(output());
                    }
                }
                default -> parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            throw new ProtocolException("expected nothing after the request's JSON object");
        }
    }

    /** No network has more; an empty object takes much more memory than its two bytes. */
    private static void checkCount(String things, int before) throws ProtocolException {
        if (before >= MOST) {
            throw new ProtocolException("expected at most " + MOST + " " + things + ", got more");
        }
    }

    private PartialInput input() throws IOException, ProtocolException {
        expect(parser.currentToken(), JsonToken.START_OBJECT, "an input as an object");
        PartialInput input = new PartialInput();
        for (String member = parser.nextFieldName(); member != null; member = parser.nextFieldName()) {
            parser.nextToken();
            switch (member) {
                case "name" -> input.name = text("an input's name");
                case "datatype" -> input.type = text("an input's datatype");
                case "shape" -> input.shape = shape();
                case "data" -> input.numbers = NumberList.read(parser);
                case "parameters" -> input.binarySize = Parameters.read(parser).number("binary_data_size");
                default -> parser.skipChildren();
            }
        }
        return input;
    }

    private WantedOutput output() throws IOException, ProtocolException {
        expect(parser.currentToken(), JsonToken.START_OBJECT, "an output as an object");
        String name = null;
        Optional<Boolean> binary = Optional.empty();
        for (String member = parser.nextFieldName(); member != null; member = parser.nextFieldName()) {
            parser.nextToken();
            switch (member) {
                case "name" -> name = text("an output's name");
                case "parameters" -> binary = Parameters.read(parser).flag("binary_data");
                default -> parser.skipChildren();
            }
        }
        if (name == null) {
            throw new ProtocolException("expected a name of each output");
        }
        return new WantedOutput(name, binary);
    }

    private List<Long> shape() throws IOException, ProtocolException {
        expect(parser.currentToken(), JsonToken.START_ARRAY, "a shape as a list");
        List<Long> shape = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, "whole numbers as a shape");
            checkCount("extents of a shape", shape.size());
            shape.add(parser.getLongValue());
        }
        return shape;
    }

    private String text(String what) throws IOException, ProtocolException {
        expect(parser.currentToken(), JsonToken.VALUE_STRING, what + " as a string");
        return parser.getText();
    }

    static void expect(@Nullable JsonToken token, JsonToken wanted, String what) throws ProtocolException {
        if (token != wanted) {
            throw new ProtocolException("expected " + what + ", got " + (token == null ? "the end" : token));
        }
    }

    private InferRequest request(ByteBuffer binary) throws ProtocolException {
        List<InputTensor> tensors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (PartialInput input : inputs) {
            InputTensor tensor = tensor(input, binary);
            if (!names.add(tensor.name())) {
                throw ProtocolException.ofInput(tensor.name(), "expected it once");
            }
            tensors.add(tensor);
        }
        if (tensors.isEmpty()) {
            throw new ProtocolException("expected at least one input");
        }
        if (binary.hasRemaining()) {
            throw new ProtocolException(
                    "expected as many bytes after the JSON as inputs say, got " + binary.remaining() + " more");
        }
        return new InferRequest(id, tensors, outputs, binaryOutputs, timeout);
    }

    private static InputTensor tensor(PartialInput input, ByteBuffer binary) throws ProtocolException {
        if (input.name == null || input.type == null || input.shape == null) {
            throw new ProtocolException("expected a name, a datatype and a shape of each input");
        }
        TensorType type = TensorType.of(input.name, input.type);
        if ((input.numbers == null) == input.binarySize.isEmpty()) {
            throw ProtocolException.ofInput(input.name, "expected data or a binary_data_size, one of both");
        }
        ByteBuffer elements = input.numbers != null
                ? input.numbers.of(input.name, type)
                : bytes(input.name, type, input.binarySize.get(), binary);
        long wanted = elements(input.name, input.shape);
        long got = elements.limit() / type.bytes();
        if (wanted != got) {
            throw ProtocolException.ofInput(
                    input.name, "expected " + wanted + " elements, as its shape " + input.shape + " has, got " + got);
        }
        return new InputTensor(input.name, type, input.shape, elements);
    }

    private static long elements(String name, List<Long> shape) throws ProtocolException {
        try {
            long elements = 1;
            for (long dimension : shape) {
                if (dimension < 0) {
                    throw ProtocolException.ofInput(name, "expected no negative extent, got " + shape);
                }
                elements = Math.multiplyExact(elements, dimension);
            }
            return elements;
        } catch (ArithmeticException e) {
            throw new ProtocolException("the shape " + shape + " is too large", e);
        }
    }

    /** Takes the bytes of a tensor, which are in little-endian order, from the front of what is left. */
    private static ByteBuffer bytes(String name, TensorType type, long given, ByteBuffer binary)
            throws ProtocolException {
        if (given > binary.remaining() || given % type.bytes() != 0) {
            throw ProtocolException.ofInput(
                    name,
                    "expected a binary_data_size of whole elements within the " + binary.remaining()
                            + " bytes that are left, got " + given);
        }
        int size = (int) given;
        ByteBuffer own = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
        ByteBuffer elements = binary.slice(binary.position(), size).order(ByteOrder.LITTLE_ENDIAN);
        binary.position(binary.position() + size);
        switch (type) {
            case UINT8 -> own.put(elements).flip();
            case FP32 -> {
                own.asFloatBuffer().put(elements.asFloatBuffer());
                for (int i = 0; i < size; i += Float.BYTES) {
                    if (!Float.isFinite(own.getFloat(i))) {
                        throw ProtocolException.ofInput(name, "expected numbers, got " + own.getFloat(i));
                    }
                }
            }
        }
        return own;
    }
}
