package dev.thalweg.data.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Hugging Face's data sets say of their columns, as JSON among a Parquet file's metadata. */
public final class HuggingFaceFeatures {
    private static final String METADATA = "huggingface";
    private static final ObjectMapper JSON = new ObjectMapper();

    private HuggingFaceFeatures() {}

    /**
     * {@return the names of the classes of each column of classes; none where there is nothing of Hugging Face}
     *
     * @param metadata of a file, keys and values
     * @throws JsonProcessingException if that of Hugging Face is no JSON
     */
    public static Map<String, List<String>> classNames(Map<String, String> metadata) throws JsonProcessingException {
        String text = metadata.get(METADATA);
        if (text == null) {
            return Map.of();
        }
        Map<String, List<String>> named = new HashMap<>();
        JsonNode features = JSON.readTree(text).path("info").path("features");
        for (Map.Entry<String, JsonNode> feature : features.properties()) {
            if (feature.getValue().path("_type").asText().equals("ClassLabel")) {
                List<String> names = new ArrayList<>();
                feature.getValue().path("names").forEach(name -> names.add(name.asText()));
                named.put(feature.getKey(), names);
            }
        }
        return named;
    }
}
