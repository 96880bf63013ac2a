package dev.thalweg.serve.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a request's parameters say that is understood here; each may stand at the request, an input or an output.
 *
 * @param flags true or false, by name
 * @param numbers whole ones, not negative, by name
 */
record Parameters(Map<String, Boolean> flags, Map<String, Long> numbers) {
    private static final Set<String> FLAGS = Set.of("binary_data_output", "binary_data");
    private static final Set<String> NUMBERS = Set.of("binary_data_size", "timeout");

    /** Reads the object that the parser is at. */
    static Parameters read(JsonParser parser) throws IOException, ProtocolException {
        InferRequestReader.expect(parser.currentToken(), JsonToken.START_OBJECT, "parameters as an object");
        Map<String, Boolean> flags = new HashMap<>();
        Map<String, Long> numbers = new HashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (name.equals("classification")) {
                // Whoever asks for names would take numbers for them.
                throw new ProtocolException(
                        "expected no classification, which is not built: POST /predict tells names");
            }
            if (FLAGS.contains(name)) {
                if (!value.isBoolean()) {
                    throw new ProtocolException("expected " + name + " to be true or false");
                }
                flags.put(name, parser.getBooleanValue());
            } else if (NUMBERS.contains(name)) {
                InferRequestReader.expect(value, JsonToken.VALUE_NUMBER_INT, "a whole number as " + name);
                numbers.put(name, notNegative(name, parser));
            } else {
                parser.skipChildren();
            }
        }
        return new Parameters(flags, numbers);
    }

    private static long notNegative(String name, JsonParser parser) throws IOException, ProtocolException {
        long number = parser.getLongValue();
        if (number < 0) {
            throw new ProtocolException("expected no negative " + name + ", got " + number);
        }
        return number;
    }

    Optional<Boolean> flag(String name) {
        return Optional.ofNullable(flags.get(name));
    }

    Optional<Long> number(String name) {
        return Optional.ofNullable(numbers.get(name));
    }
}
