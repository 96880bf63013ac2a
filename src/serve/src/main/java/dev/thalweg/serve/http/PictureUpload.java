package dev.thalweg.serve.http;

import io.helidon.http.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.fileupload2.core.MultipartInput;
import org.apache.commons.fileupload2.core.ParameterParser;

/** A picture file as it was sent: as the body, or as the first file of a form. Nothing is written to disk. */
final class PictureUpload {
    /** In bytes, of a part of a form: names of files may be long. */
    private static final int LONGEST_HEADERS = 8192;

    private static final String DISPOSITION = "content-disposition:";

    private PictureUpload() {}

    static byte[] of(Optional<String> contentType, byte[] body) throws HttpProblem {
        String type = contentType.orElse("");
        byte[] file = type.toLowerCase(Locale.ROOT).startsWith("multipart/") ? fileOf(type, body) : body;
        if (file.length == 0) {
            throw new HttpProblem(Status.BAD_REQUEST_400, "expected a picture file, got nothing");
        }
        return file;
    }

    private static byte[] fileOf(String type, byte[] body) throws HttpProblem {
        String boundary = parameters(type).get("boundary");
        if (boundary == null) {
            throw new HttpProblem(Status.BAD_REQUEST_400, "expected the form's boundary in its Content-Type");
        }
        try {
            MultipartInput parts = MultipartInput.builder()
                    .setInputStream(new ByteArrayInputStream(body))
                    .setBoundary(boundary.getBytes(StandardCharsets.ISO_8859_1))
                    .setPartHeaderSizeMax(LONGEST_HEADERS)
                    .get();
            for (boolean isPart = parts.skipPreamble(); isPart; isPart = parts.readBoundary()) {
                if (isFile(parts.readHeaders())) {
                    ByteArrayOutputStream file = new ByteArrayOutputStream();
                    parts.readBodyData(file);
                    return file.toByteArray();
                }
                parts.discardBodyData();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new HttpProblem(Status.BAD_REQUEST_400, "the form cannot be read: " + e.getMessage());
        }
        throw new HttpProblem(Status.BAD_REQUEST_400, "expected a form with a picture file, got one without a file");
    }

    /** Fields have no name of a file (RFC 7578, section 4.2). */
    private static boolean isFile(String headers) {
        return headers.lines()
                .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(DISPOSITION))
                .map(header -> parameters(header.substring(DISPOSITION.length())))
                .anyMatch(said -> said.containsKey("filename") || said.containsKey("filename*"));
    }

    private static Map<String, String> parameters(String header) {
        ParameterParser parser = new ParameterParser();
        parser.setLowerCaseNames(true);
        return parser.parse(header, ';');
    }
}
