package dev.thalweg.format;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.ThalwegException;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;

/**
 * JSON of strangers, made into records that check themselves. Nothing is guessed: a text is no number, a number no
 * constant, a key stands once, and nothing follows the end.
 */
public final class StrictJson {
    /** What submodules in submodules need, and no more: some of what is nested is copied once for each level. */
    private static final int DEEPEST = 64;

    private static final JsonMapper PLAIN = builder().build();

    private StrictJson() {}

    /**
     * {@return a mapper that is to be completed}
     */
    public static JsonMapper.Builder builder() {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                .build();
        return JsonMapper.builder(factory)
                .enable(
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL));
    }

    /**
     * Makes a record of JSON.
     *
     * @param <T> the record
     * @param file where it stands
     * @param what it is, for the message
     * @param json the text
     * @param type the record
     * @return the record
     * @throws BadFileException if it is no JSON, or the record refuses it
     */
    public static <T> T read(Path file, String what, String json, Class<T> type) throws BadFileException {
        return read(file, what, PLAIN, json, type);
    }

    /**
     * Makes a record of JSON.
     *
     * @param <T> the record
     * @param file where it stands
     * @param what it is, for the message
     * @param mapper of a {@link #builder}
     * @param json the text
     * @param type the record
     * @return the record
     * @throws BadFileException if it is no JSON, or the record refuses it
     */
    public static <T> T read(Path file, String what, JsonMapper mapper, String json, Class<T> type)
            throws BadFileException {
        try {
            T value = mapper.readValue(json, type);
            if (value == null) {
                throw new BadFileException(file, what + " is null, expected an object");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new BadFileException(file, what + " cannot be understood" + place(e) + ": " + problem(e), e);
        }
    }

    /**
     * {@return where in the JSON: {@code calls[3].layer}, or how far it could be read}
     *
     * @param e what is wrong
     */
    public static String place(JsonProcessingException e) {
        StringBuilder path = new StringBuilder();
        if (e instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference step : mapping.getPath()) {
                String name = step.getFieldName();
                path.append(name == null ? "[" + step.getIndex() + "]" : path.isEmpty() ? name : "." + name);
            }
        }
        if (!path.isEmpty()) {
            return " at " + PrintableText.excerpt(path);
        }
        return e.getLocation() == null ? "" : " at character " + e.getLocation().getCharOffset();
    }

    /**
     * {@return what is wrong, in the record's words where it was one that refused}
     *
     * @param e what is wrong
     */
    public static String problem(JsonProcessingException e) {
        return String.valueOf(
                switch (e.getCause()) {
                    case IllegalArgumentException refusal -> refusal.getMessage();
                    case ThalwegException refusal -> refusal.getMessage();
                    case null, default -> e.getOriginalMessage();
                });
    }
}
