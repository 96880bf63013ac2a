package dev.thalweg.serve.http;

import io.helidon.http.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.fileupload2.core.AbstractFileUpload;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.RequestContext;

/** A picture file as it was sent: as the body, or as the first file of a form. */
final class PictureUpload {
    private PictureUpload() {}

    /**
     * A form's body.
     *
     * @param type with the boundary between its parts
     * @param body as it came
     */
    private record Form(String type, byte[] body) implements RequestContext {
        @Override
        public String getCharacterEncoding() {
            return "UTF-8";
        }

        @Override
        public long getContentLength() {
            return body.length;
        }

        @Override
        public String getContentType() {
            return type;
        }

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream(body);
        }

        @Override
        public boolean isMultipartRelated() {
            return false;
        }
    }

    /** Reads forms that are in memory, part by part; nothing is written to disk. */
    private static final class FormReader extends AbstractFileUpload<Form, DiskFileItem, DiskFileItemFactory> {
        @Override
        public FileItemInputIterator getItemIterator(Form form) throws IOException {
            return getItemIterator((RequestContext) form);
        }

        @Override
        public Map<String, List<DiskFileItem>> parseParameterMap(Form form) throws FileUploadException {
            return parseParameterMap((RequestContext) form);
        }

        @Override
        public List<DiskFileItem> parseRequest(Form form) throws FileUploadException {
            return parseRequest((RequestContext) form);
        }
    }

    static byte[] of(Optional<String> contentType, byte[] body) throws HttpProblem {
        String type = contentType.orElse("");
        byte[] file = type.toLowerCase(Locale.ROOT).startsWith("multipart/") ? fileOf(new Form(type, body)) : body;
        if (file.length == 0) {
            throw new HttpProblem(Status.BAD_REQUEST_400, "expected a picture file, got nothing");
        }
        return file;
    }

    private static byte[] fileOf(Form form) throws HttpProblem {
        try {
            FileItemInputIterator parts = new FormReader().getItemIterator(form);
            while (parts.hasNext()) {
                FileItemInput part = parts.next();
                try (InputStream in = part.getInputStream()) {
                    if (!part.isFormField()) {
                        return in.readAllBytes();
                    }
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new HttpProblem(Status.BAD_REQUEST_400, "the form cannot be read: " + e.getMessage());
        }
        throw new HttpProblem(Status.BAD_REQUEST_400, "expected a form with a picture file, got one without a file");
    }
}
