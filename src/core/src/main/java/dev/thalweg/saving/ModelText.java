package dev.thalweg.saving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.format.StrictJson;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.Loss;
import dev.thalweg.model.Layer;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;
import java.util.Map;

/** The description of a model as text, of the versions that this library reads. */
final class ModelText {
    /** Of what is written. */
    static final int VERSION = 3;
    /** Of networks with one input and one output. */
    static final int SINGLE_VERSION = 2;
    /** Several times that of a thousand layers or of twenty thousand class names. */
    private static final int MOST_CHARACTERS = 1 << 21;

    static final JsonMapper JSON = mapper();

    private ModelText() {}

    private static JsonMapper mapper() {
        JsonMapper.Builder builder = StrictJson.builder()
                .annotationIntrospector(
                        AnnotationIntrospector.pair(new JacksonAnnotationIntrospector(), new OlderNames()));
        builder.addMixIn(Layer.class, TypeNames.Typed.class);
        builder.addMixIn(Loss.class, TypeNames.Typed.class);
        return builder.build();
    }

    /** {@return the JSON of a model, which can be read again: of layers and losses of one's own nobody knows before} */
    static String write(ModelJson description) {
        try {
            String json = JSON.writeValueAsString(description);
            JSON.readValue(json, ModelJson.class);
            return json;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "the model is not saved, as it could not be loaded again: what stands" + StrictJson.place(e) + ": "
                            + StrictJson.problem(e)
                            + ". The components of a layer of one's own are numbers, texts, enums, and lists or records"
                            + " of such",
                    e);
        }
    }

    /** {@return what the metadata of a file says of its model} */
    static ModelJson read(Path file, Map<String, String> metadata) throws BadFileException {
        String json = metadata.get(ModelFile.KEY);
        if (json == null) {
            throw new BadFileException(
                    file,
                    "its metadata has no \"" + ModelFile.KEY
                            + "\", expected a model saved by this library; got the keys "
                            + PrintableText.excerpt(metadata.keySet()));
        }
        if (json.length() > MOST_CHARACTERS) {
            throw new BadFileException(
                    file, "its model takes " + json.length() + " characters, expected at most " + MOST_CHARACTERS);
        }
        ModelJson description = StrictJson.read(file, "its model", JSON, json, ModelJson.class);
        if (description.version() != VERSION && description.version() != SINGLE_VERSION) {
            throw new BadFileException(
                    file,
                    "its format has version " + description.version() + ", expected " + SINGLE_VERSION + " or "
                            + VERSION + ": it was written by another version of this library");
        }
        if (description.lacksSomething()) {
            throw new BadFileException(
                    file,
                    "its model lacks inputs, calls, outputs or normalization, got " + PrintableText.excerpt(json));
        }
        return description;
    }
}
