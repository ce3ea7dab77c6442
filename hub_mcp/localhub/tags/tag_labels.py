"""The Hub's vocabulary of tags: tasks, libraries, languages and licenses with their labels."""

from __future__ import annotations

TASKS = {  # group: id → label; by default the id in title case
    "multimodal": (
        "audio-text-to-text", "image-text-to-text", "image-text-to-image", "visual-question-answering",
        "document-question-answering", "video-text-to-text", "visual-document-retrieval", "any-to-any",
    ),
    "cv": (
        "depth-estimation", "image-classification", "object-detection", "image-segmentation", "text-to-image",
        "image-to-text", "image-to-image", "image-to-video", "unconditional-image-generation",
        "video-classification", "text-to-video", "zero-shot-image-classification", "mask-generation",
        "zero-shot-object-detection", "text-to-3d", "image-to-3d", "image-feature-extraction",
        "keypoint-detection", "video-to-video",
    ),
    "nlp": (
        "text-classification", "token-classification", "table-question-answering", "question-answering",
        "zero-shot-classification", "translation", "summarization", "feature-extraction", "text-generation",
        "fill-mask", "sentence-similarity", "text-ranking",
    ),
    "audio": (
        "text-to-speech", "text-to-audio", "automatic-speech-recognition", "audio-to-audio",
        "audio-classification", "voice-activity-detection",
    ),
    "tabular": ("tabular-classification", "tabular-regression", "time-series-forecasting"),
    "rl": ("reinforcement-learning", "robotics"),
    "other": ("graph-ml",),
}  # fmt: skip
TASK_GROUP = {task: group for group, tasks in TASKS.items() for task in tasks}

LIBRARIES = {
    "pytorch": "PyTorch", "tf": "TensorFlow", "jax": "JAX", "safetensors": "Safetensors",
    "transformers": "Transformers", "diffusers": "Diffusers", "peft": "PEFT", "gguf": "GGUF",
    "onnx": "ONNX", "sentence-transformers": "sentence-transformers", "timm": "timm", "keras": "Keras",
    "sklearn": "Scikit-learn", "spacy": "spaCy", "mlx": "MLX", "nemo": "NeMo",
    "speechbrain": "speechbrain", "fastai": "fastai", "rust": "Rust", "tflite": "TF Lite",
    "openvino": "OpenVINO", "coreml": "Core ML", "setfit": "setfit", "flair": "Flair",
    "stable-baselines3": "stable-baselines3", "transformers.js": "Transformers.js",
    "tensorboard": "TensorBoard", "adapter-transformers": "Adapters", "asteroid": "Asteroid",
}  # fmt: skip
DATASET_LIBRARIES = {
    "datasets": "Datasets", "pandas": "pandas", "polars": "Polars", "dask": "Dask", "duckdb": "DuckDB",
    "mlcroissant": "Croissant", "webdataset": "WebDataset", "argilla": "Argilla", "fiftyone": "FiftyOne",
}  # fmt: skip

LANGUAGES = {
    "en": "English", "zh": "Chinese", "fr": "French", "es": "Spanish", "de": "German", "ja": "Japanese",
    "pt": "Portuguese", "ru": "Russian", "ko": "Korean", "it": "Italian", "ar": "Arabic", "hi": "Hindi",
    "nl": "Dutch", "pl": "Polish", "tr": "Turkish", "vi": "Vietnamese", "id": "Indonesian", "sv": "Swedish",
    "fi": "Finnish", "cs": "Czech", "uk": "Ukrainian", "fa": "Persian", "he": "Hebrew", "th": "Thai",
    "el": "Greek", "da": "Danish", "no": "Norwegian", "ro": "Romanian", "hu": "Hungarian", "bn": "Bengali",
    "ta": "Tamil", "sw": "Swahili", "yo": "Yoruba", "ig": "Igbo", "ha": "Hausa", "am": "Amharic",
    "ca": "Catalan", "eu": "Basque", "gl": "Galician", "cy": "Welsh", "ga": "Irish", "is": "Icelandic",
    "code": "code", "multilingual": "multilingual",
}  # fmt: skip

LICENSES = (
    "apache-2.0", "mit", "openrail", "bigscience-openrail-m", "creativeml-openrail-m",
    "bigscience-bloom-rail-1.0", "bigcode-openrail-m", "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd",
    "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "c-uda", "cc", "cc0-1.0", "cc-by-2.0",
    "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0",
    "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cdla-sharing-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0",
    "wtfpl", "ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2", "agpl-3.0", "gfdl",
    "gpl", "gpl-2.0", "gpl-3.0", "lgpl", "lgpl-2.1", "lgpl-3.0", "isc", "h-research", "intel-research",
    "lppl-1.3c", "ms-pl", "apple-ascl", "apple-amlr", "mpl-2.0", "odc-by", "odbl", "openmdw-1.0",
    "openmdw-1.1", "openrail++", "osl-3.0", "postgresql", "ofl-1.1", "ncsa", "unlicense", "zlib", "pddl",
    "lgpl-lr", "deepfloyd-if-license", "fair-noncommercial-research-license", "llama2", "llama3",
    "llama3.1", "llama3.2", "llama3.3", "llama4", "grok2-community", "gemma", "unknown", "other",
)  # fmt: skip


def task_label(task: str) -> str:
    """A task as people read it: `text-to-speech` is `Text-to-Speech`, `fill-mask` is `Fill-Mask`."""
    small = {"to", "of"}
    if task in ("text-generation", "text-classification", "image-classification", "token-classification"):
        return task.replace("-", " ").title()
    return "-".join(word if word in small else word.capitalize() for word in task.split("-"))
