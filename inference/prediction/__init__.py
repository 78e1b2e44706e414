"""What a model says of images, in the store's terms: image pixels, category ids, landmarks of a schema."""

from inference.prediction.crops import crop_predictions, in_fashion8
from inference.prediction.detections import image_prediction
from inference.prediction.predictor import Predictor

__all__ = ["Predictor", "crop_predictions", "image_prediction", "in_fashion8"]
